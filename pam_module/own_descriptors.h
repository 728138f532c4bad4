#ifndef TWOFACTOR_PAM_MODULE_OWN_DESCRIPTORS_H_
#define TWOFACTOR_PAM_MODULE_OWN_DESCRIPTORS_H_

namespace twofactor {

// Runs `work` in a thread that has a table of descriptors of its own, which is empty, and waits for
// it. So a program that has no descriptor left can be said something about, and none of its own is
// touched. The thread takes no signals. `work` must not use stdio, syslog(3) or whatever else keeps
// a descriptor for later.
//
// False where there is no such thread (no memory, a limit, an old kernel), or where `work` says so.
bool RunWithOwnDescriptors(bool (*work)(const void* argument), const void* argument);

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_OWN_DESCRIPTORS_H_
