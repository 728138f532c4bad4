#ifndef TWOFACTOR_PAM_MODULE_OWN_DESCRIPTORS_H_
#define TWOFACTOR_PAM_MODULE_OWN_DESCRIPTORS_H_

namespace twofactor {

// Runs `work` in a thread with a separate, empty descriptor table, and waits for it. This can
// report about an application that has no descriptor left, and does not touch the application's
// own. The thread receives no signals. `work` must not use stdio, syslog(3) or anything else that
// keeps a descriptor for later.
//
// Returns false if the thread cannot be made (no memory, a limit, an old kernel), or if `work`
// does.
bool RunWithOwnDescriptors(bool (*work)(const void* argument), const void* argument);

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_OWN_DESCRIPTORS_H_
