#include "helperd/twofactord/rpc/json_rpc.h"

#include <utility>

#include "helperd/twofactord/rpc/rpc_errors.h"

namespace twofactor {
namespace {

using nlohmann::json;

RpcEntry NotACall(json id, json error_object) {
  RpcEntry entry;
  entry.id = std::move(id);
  entry.error = std::move(error_object);
  return entry;
}

RpcMessage Single(RpcEntry entry) {
  RpcMessage message;
  message.entries.push_back(std::move(entry));
  return message;
}

bool IsId(const json& value) { return value.is_string() || value.is_number() || value.is_null(); }

bool IsRequest(const json& value) {
  if (!value.is_object()) {
    return false;
  }
  const auto version = value.find("jsonrpc");
  const auto method = value.find("method");
  const auto params = value.find("params");
  const auto id = value.find("id");
  return version != value.end() && *version == "2.0" && method != value.end() &&
         method->is_string() && !method->get_ref<const std::string&>().empty() &&
         (params == value.end() || params->is_array()) && (id == value.end() || IsId(*id));
}

RpcEntry ReadEntry(json value) {
  const json id = value.is_object() ? value.value("id", json()) : json();
  if (!IsRequest(value)) {
    return NotACall(IsId(id) ? id : json(), InvalidRequestObject());
  }
  RpcEntry entry;
  entry.notification = !value.contains("id");
  entry.id = id;
  entry.method = value["method"].get<std::string>();
  if (value.contains("params")) {
    entry.params = std::move(value["params"]);
  }
  return entry;
}

// Returns null (discarded) if the text is not JSON, or is nested too deeply.
json ParseJson(std::string_view text, int depth_limit) {
  bool too_deep = false;
  const auto callback = [depth_limit, &too_deep](int depth, json::parse_event_t event, json&) {
    const bool opens =
        event == json::parse_event_t::array_start || event == json::parse_event_t::object_start;
    too_deep = too_deep || depth + (opens ? 1 : 0) > depth_limit;
    return !too_deep;
  };
  json value = json::parse(text, callback, /*allow_exceptions=*/false);
  return too_deep ? json(json::value_t::discarded) : value;
}

}  // namespace

RpcMessage ParseMessage(std::string_view text, const Limits& limits) {
  json value = ParseJson(text, limits.message_depth);
  if (value.is_discarded()) {
    return Single(NotACall(nullptr, ParseErrorObject()));
  }
  if (!value.is_array()) {
    return Single(ReadEntry(std::move(value)));
  }
  if (value.empty() || value.size() > limits.batch_entries) {
    return Single(NotACall(nullptr, InvalidRequestObject()));
  }
  RpcMessage message;
  message.batch = true;
  for (json& entry : value) {
    message.entries.push_back(ReadEntry(std::move(entry)));
  }
  return message;
}

json MakeAnswer(const json& id, const Result<json>& result) {
  if (!result) {
    return MakeErrorAnswer(id, ErrorObject(result.error()));
  }
  return {{"jsonrpc", "2.0"}, {"id", id}, {"result", *result}};
}

std::string AnswerText(const json& id, const CallResult& result) {
  if (result.text() == nullptr) {
    return ToText(MakeAnswer(id, result.value()));
  }
  return "{\"id\":" + ToText(id) + R"(,"jsonrpc":"2.0","result":)" + *result.text() + "}";
}

json MakeErrorAnswer(const json& id, json error_object) {
  return {{"jsonrpc", "2.0"}, {"id", id}, {"error", std::move(error_object)}};
}

std::string ToText(const json& answer) {
  return answer.dump(-1, ' ', /*ensure_ascii=*/true, json::error_handler_t::replace);
}

}  // namespace twofactor
