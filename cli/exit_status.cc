#include "cli/exit_status.h"

namespace twofactor {

ExitStatus StatusOf(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kInvalidParams:
      return ExitStatus::kUsage;
    case ErrorCode::kNotPermitted:
    case ErrorCode::kFactorRequired:
      return ExitStatus::kNotPermitted;
    case ErrorCode::kNoSuchUser:
      return ExitStatus::kNoSuchUser;
    case ErrorCode::kRateLimited:
      return ExitStatus::kTryLater;
    case ErrorCode::kUnavailable:
    case ErrorCode::kTimedOut:
    case ErrorCode::kExhausted:
      return ExitStatus::kUnreachable;
    case ErrorCode::kConflict:
      return ExitStatus::kNo;
    case ErrorCode::kUnknownMethod:
    case ErrorCode::kTooLarge:
    case ErrorCode::kReadOnly:
    case ErrorCode::kUnknownVersion:
    case ErrorCode::kCorrupt:
    case ErrorCode::kInternal:
      break;
  }
  return ExitStatus::kFailed;
}

}  // namespace twofactor
