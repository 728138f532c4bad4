#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_RPC_ERRORS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_RPC_ERRORS_H_

#include <nlohmann/json.hpp>
#include <string>

#include "common/base/error.h"

namespace twofactor {

// The attribute of a validation error that no parameter has, such as a missing entry: its row in
// `extra` has null for it.
inline constexpr const char* kNoAttribute = "None";

// The error objects of JSON-RPC 2.0, as the API documents them.
nlohmann::json ParseErrorObject();
nlohmann::json InvalidRequestObject();
nlohmann::json TooManyCallsObject();
// Returns the object for a method's error: -32601, -32602 with every validation error, or -32001.
nlohmann::json ErrorObject(const Error& error);

// Returns the errno of an error and its name, as in `data`: {1, "EPERM"}.
struct ErrnoName {
  int number;
  const char* name;
};
ErrnoName ErrnoOf(ErrorCode code);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_RPC_ERRORS_H_
