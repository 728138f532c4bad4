#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_RPC_ERRORS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_RPC_ERRORS_H_

#include <nlohmann/json.hpp>
#include <string>

#include "common/base/error.h"

namespace twofactor {

// The attribute of a fault that no parameter has, as of an entry that is not there: its row in
// `extra` has null for it.
inline constexpr const char* kNoAttribute = "None";

// The error objects of JSON-RPC 2.0 as api.md has them, to the letter.
nlohmann::json ParseErrorObject();
nlohmann::json InvalidRequestObject();
nlohmann::json TooManyCallsObject();
// The object for what a method failed with: -32601, -32602 with every fault, or -32001.
nlohmann::json ErrorObject(const Error& error);

// The errno of an error and its name, as `data` carries them: {1, "EPERM"}.
struct ErrnoName {
  int number;
  const char* name;
};
ErrnoName ErrnoOf(ErrorCode code);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_RPC_ERRORS_H_
