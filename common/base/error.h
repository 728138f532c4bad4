#ifndef TWOFACTOR_COMMON_BASE_ERROR_H_
#define TWOFACTOR_COMMON_BASE_ERROR_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace twofactor {

// What the receiver of an error should do about it. A code exists only if some caller acts on it.
enum class ErrorCode {
  kInvalidParams,   // The caller's parameters are wrong: mend them (JSON-RPC -32602).
  kUnknownMethod,   // There is no such method (JSON-RPC -32601).
  kNotPermitted,    // The caller may not: ask an administrator (EPERM).
  kNoSuchUser,      // The named user does not exist (ENOENT).
  kFactorRequired,  // Verify a one-time password on this connection first (EACCES).
  kRateLimited,     // Wait; the message says how long (EAGAIN).
  kConflict,        // The thing is not in the state that the call needs (EINVAL).
  kTooLarge,        // A bound of ours was met (E2BIG).
  kTimedOut,        // A source did not answer within its deadline; try again (ETIMEDOUT).
  kUnavailable,     // The thing is not there now: fall back, or refuse (EAGAIN for callers of the
                    // API).
  kReadOnly,        // The vault takes no changes now; the message says why (EROFS).
  kExhausted,       // This process is short of descriptors or memory: refuse, and ask nobody else.
  kUnknownVersion,  // A file or peer of a version that this program does not know: ask the daemon.
  kCorrupt,         // The bytes are not what they should be: use nothing of them.
  kInternal,        // A fault of this program or its machine (EFAULT).
};

// One fault of one parameter, as the API reports it: `attribute` is a dotted path such as
// "twofactor_options.otp_digits", `error` an errno.
struct Fault {
  std::string attribute;
  std::string message;
  int error;
};

// Why something failed. The message names the step that failed, in words for whoever reads the log
// or the answer; it never carries a secret, a code or a password.
//
// Copyable; not synchronised.
class Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  // Every fault of one call at once. `faults` is not empty.
  static Error InvalidParams(std::vector<Fault> faults);

  // "<step>: <text of errno>". Reads `error`, not errno, so that a caller saves errno first.
  static Error FromErrno(ErrorCode code, std::string_view step, int error);
  // The same with kExhausted in place of `code` where `error` says so.
  static Error FromSystemCall(ErrorCode code, std::string_view step, int error);

  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::vector<Fault>& faults() const { return faults_; }

  // The same error with "<step>: " before its message.
  Error Under(std::string_view step) const;

 private:
  ErrorCode code_;
  std::string message_;
  std::vector<Fault> faults_;
};

// Does this errno say that the process or the machine is short of descriptors or memory?
bool IsExhaustion(int error);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_ERROR_H_
