#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_CALL_RESULT_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_CALL_RESULT_H_

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <utility>

#include "common/base/result.h"

namespace twofactor {

// The answer to a call: a result, or the error that it failed with. A result may include its text:
// JSON on one line, in an order of keys that `json` does not keep.
class CallResult {
 public:
  // Converts from anything that converts to a Result, so that a handler can answer with it.
  template <typename T>
  requires(!std::is_same_v<std::remove_cvref_t<T>, CallResult> &&
           std::is_convertible_v<T, Result<nlohmann::json>>)
      // NOLINTNEXTLINE(google-explicit-constructor, bugprone-forwarding-reference-overload)
      CallResult(T&& value)
      : value_(std::forward<T>(value)) {}
  CallResult(nlohmann::json value, std::shared_ptr<const std::string> text)
      : value_(std::move(value)), text_(std::move(text)) {}

  const Result<nlohmann::json>& value() const { return value_; }
  Result<nlohmann::json>& value() { return value_; }
  // Usually null.
  const std::string* text() const { return text_.get(); }

  // NOLINTNEXTLINE(google-explicit-constructor)
  operator Result<nlohmann::json>() const { return value_; }

 private:
  Result<nlohmann::json> value_;
  std::shared_ptr<const std::string> text_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_CALL_RESULT_H_
