// A PAM module that says the number of its line in the conversation, and answers what it is told
// there.
#include <security/pam_ext.h>
#include <security/pam_modules.h>

#include <cstdlib>

#define EXPORTED __attribute__((visibility("default")))

extern "C" {

EXPORTED int pam_sm_authenticate(pam_handle_t* handle, int, int count, const char** arguments) {
  char* told = nullptr;
  if (count < 1 || pam_prompt(handle, PAM_PROMPT_ECHO_ON, &told, "%s", arguments[0]) != 0) {
    return PAM_SERVICE_ERR;
  }
  const int answer = static_cast<int>(std::strtol(told, nullptr, 10));
  std::free(told);
  return answer;
}

EXPORTED int pam_sm_setcred(pam_handle_t*, int, int, const char**) { return PAM_SUCCESS; }

}  // extern "C"
