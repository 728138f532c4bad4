#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_JSON_RPC_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_JSON_RPC_H_

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "helperd/twofactord/rpc/call_result.h"
#include "helperd/twofactord/rpc/limits.h"

namespace twofactor {

// One entry of a message: a call, or the error object that answers a malformed entry.
struct RpcEntry {
  bool notification = false;  // Expects no answer.
  nlohmann::json id;          // Null if there is none, or it could not be read.
  std::string method;
  nlohmann::json params = nlohmann::json::array();
  std::optional<nlohmann::json> error;  // If set, the entry is not a call.
};

// A JSON-RPC 2.0 message.
struct RpcMessage {
  bool batch = false;
  std::vector<RpcEntry> entries;  // At least one.
};

// Parses a message. Errors are in its entries, so each message has an answer. Of two equal keys in
// an object the last one counts. By-name parameters and an empty method name are refused with
// -32600, like TrueNAS. A pure function.
RpcMessage ParseMessage(std::string_view text, const Limits& limits);

// Return an answer as an object. `id` is the entry's.
nlohmann::json MakeAnswer(const nlohmann::json& id, const Result<nlohmann::json>& result);
// Returns the same as text; if a result includes its text, uses that.
std::string AnswerText(const nlohmann::json& id, const CallResult& result);
nlohmann::json MakeErrorAnswer(const nlohmann::json& id, nlohmann::json error_object);
// Returns the text of an answer: ASCII, one line. Bytes that are not UTF-8 become U+FFFD.
std::string ToText(const nlohmann::json& answer);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_JSON_RPC_H_
