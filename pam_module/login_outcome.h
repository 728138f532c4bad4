#ifndef TWOFACTOR_PAM_MODULE_LOGIN_OUTCOME_H_
#define TWOFACTOR_PAM_MODULE_LOGIN_OUTCOME_H_

namespace twofactor {

// The outcome of a login's second factor. Each has its own PAM return code (PamCodeOf).
enum class LoginOutcome {
  kSuccess,
  kIgnore,              // No code is asked for: PAM_IGNORE.
  kAuthError,           // PAM_AUTH_ERR
  kUserUnknown,         // By option: PAM_USER_UNKNOWN
  kMaxTries,            // By option: PAM_MAXTRIES
  kUnavailable,         // Neither the store nor the daemon answered: PAM_AUTHINFO_UNAVAIL
  kConversationFailed,  // PAM_CONV_ERR
  kBadOption,           // PAM_SERVICE_ERR
  kExhausted,           // The application is short of descriptors or memory: PAM_BUF_ERR
};

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_LOGIN_OUTCOME_H_
