#include "common/base/error.h"

#include <cerrno>
#include <system_error>

namespace twofactor {

Error Error::InvalidParams(std::vector<Fault> faults) {
  std::string message;
  for (const Fault& fault : faults) {
    if (!message.empty()) {
      message += '\n';
    }
    message += fault.attribute + ": " + fault.message;
  }
  Error error(ErrorCode::kInvalidParams, std::move(message));
  error.faults_ = std::move(faults);
  return error;
}

Error Error::FromErrno(ErrorCode code, std::string_view step, int error) {
  return Error(code, std::string(step) + ": " + std::generic_category().message(error));
}

Error Error::FromSystemCall(ErrorCode code, std::string_view step, int error) {
  return FromErrno(IsExhaustion(error) ? ErrorCode::kExhausted : code, step, error);
}

Error Error::Under(std::string_view step) const {
  Error outer = *this;
  outer.message_ = std::string(step) + ": " + message_;
  return outer;
}

bool IsExhaustion(int error) {
  return error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS;
}

}  // namespace twofactor
