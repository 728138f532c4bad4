#include "helperd/twofactord/rpc/rpc_errors.h"

#include <cerrno>

namespace twofactor {
namespace {

using nlohmann::json;

constexpr int kParseError = -32700;
constexpr int kInvalidRequest = -32600;
constexpr int kMethodNotFound = -32601;
constexpr int kInvalidParams = -32602;
constexpr int kMethodCallError = -32001;
constexpr int kTooManyCalls = -32000;

json Object(int code, const char* message, json data) {
  return {{"code", code}, {"message", message}, {"data", std::move(data)}};
}

json Data(ErrnoName name, std::string reason, json extra) {
  return {{"error", name.number},
          {"errname", name.name},
          {"reason", std::move(reason)},
          {"trace", nullptr},
          {"extra", std::move(extra)}};
}

json InvalidParamsObject(const Error& error) {
  std::string reason;
  json extra = json::array();
  for (const Fault& fault : error.faults()) {
    const char* name = fault.error == ENOENT ? "ENOENT" : "EINVAL";
    reason += std::string(reason.empty() ? "[" : "\n[") + name + "] " + fault.attribute + ": " +
              fault.message;
    extra.push_back({fault.attribute == kNoAttribute ? json() : json(fault.attribute),
                     fault.message, fault.error});
  }
  return Object(kInvalidParams, "Invalid params", Data({EINVAL, "EINVAL"}, reason, extra));
}

}  // namespace

json ParseErrorObject() { return Object(kParseError, "Parse error", nullptr); }
json InvalidRequestObject() { return Object(kInvalidRequest, "Invalid Request", nullptr); }
json TooManyCallsObject() { return Object(kTooManyCalls, "Too many concurrent calls", nullptr); }

json ErrorObject(const Error& error) {
  if (error.code() == ErrorCode::kUnknownMethod) {
    return Object(kMethodNotFound, "Method does not exist", nullptr);
  }
  if (error.code() == ErrorCode::kInvalidParams) {
    return InvalidParamsObject(error);
  }
  const ErrnoName name = ErrnoOf(error.code());
  return Object(kMethodCallError, "Method call error",
                Data(name, std::string("[") + name.name + "] " + error.message(), nullptr));
}

ErrnoName ErrnoOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotPermitted:
      return {EPERM, "EPERM"};
    case ErrorCode::kNoSuchUser:
      return {ENOENT, "ENOENT"};
    case ErrorCode::kFactorRequired:
      return {EACCES, "EACCES"};
    case ErrorCode::kRateLimited:
    case ErrorCode::kUnavailable:
    case ErrorCode::kExhausted:
      return {EAGAIN, "EAGAIN"};
    case ErrorCode::kInvalidParams:
    case ErrorCode::kConflict:
      return {EINVAL, "EINVAL"};
    case ErrorCode::kTooLarge:
      return {E2BIG, "E2BIG"};
    case ErrorCode::kTimedOut:
      return {ETIMEDOUT, "ETIMEDOUT"};
    case ErrorCode::kReadOnly:
      return {EROFS, "EROFS"};
    case ErrorCode::kUnknownMethod:
    case ErrorCode::kUnknownVersion:
    case ErrorCode::kCorrupt:
    case ErrorCode::kInternal:
      break;
  }
  return {EFAULT, "EFAULT"};
}

}  // namespace twofactor
