#ifndef TWOFACTOR_COMMON_BASE_ERROR_H_
#define TWOFACTOR_COMMON_BASE_ERROR_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace twofactor {

// What the receiver of an error should do about it. A code exists only if a caller acts on it.
enum class ErrorCode {
  kInvalidParams,   // The caller's parameters are wrong: fix them (JSON-RPC -32602).
  kUnknownMethod,   // There is no such method (JSON-RPC -32601).
  kNotPermitted,    // The caller may not do this: ask an administrator (EPERM).
  kNoSuchUser,      // The named user does not exist (ENOENT).
  kFactorRequired,  // Verify a code on this connection first (EACCES).
  kRateLimited,     // Wait; the message says how long (EAGAIN).
  kConflict,        // The object is not in the state that the call needs (EINVAL).
  kTooLarge,        // A limit of ours was exceeded (E2BIG).
  kTimedOut,        // A source did not answer within its deadline; try again (ETIMEDOUT).
  kUnavailable,     // Not available now: fall back, or refuse (EAGAIN for callers of the API).
  kReadOnly,        // The vault accepts no changes now; the message says why (EROFS).
  kExhausted,       // This process is short of descriptors or memory: refuse, and ask nobody else.
  kUnknownVersion,  // A file or peer has a version that this program does not know: ask the daemon.
  kCorrupt,         // The bytes are damaged: use none of them.
  kInternal,        // An error of this program or its machine (EFAULT).
};

// A validation error of one parameter, as the API reports it: `attribute` is a dotted path such as
// "twofactor_options.otp_digits", `error` an errno.
struct Fault {
  std::string attribute;
  std::string message;
  int error;
};

// Why something failed. The message names the step that failed, for the reader of the log or the
// answer. It never contains a secret, a code or a password.
//
// Copyable. Not thread-safe.
class Error {
 public:
  Error(ErrorCode code, std::string message) : code_(code), message_(std::move(message)) {}

  // Returns an error with every validation error of one call. `faults` is not empty.
  static Error InvalidParams(std::vector<Fault> faults);

  // Returns an error with the message "<step>: <text of errno>". Takes errno as `error`, so the
  // caller must save it first.
  static Error FromErrno(ErrorCode code, std::string_view step, int error);
  // Returns the same, with kExhausted in place of `code` if IsExhaustion(error).
  static Error FromSystemCall(ErrorCode code, std::string_view step, int error);

  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::vector<Fault>& faults() const { return faults_; }

  // Returns the same error with "<step>: " before its message.
  Error Under(std::string_view step) const;

 private:
  ErrorCode code_;
  std::string message_;
  std::vector<Fault> faults_;
};

// Returns whether this errno means that the process or the machine is short of descriptors or
// memory.
bool IsExhaustion(int error);

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_ERROR_H_
