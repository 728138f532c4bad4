#include "common/wire/api_client.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/base/peer.h"
#include "common/base/secret_bytes.h"
#include "common/wire/deadline_socket.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr int kTooManyCalls = -32000;
constexpr int kMethodNotFound = -32601;
constexpr int kInvalidParams = -32602;

// Nobody can answer in the daemon's place: only root and the owner of the run directory can create
// a socket in it, and only they may answer.
Result<void> CheckServer(int socket, const RunPaths& paths) {
  struct stat status {};
  if (stat(paths.directory().c_str(), &status) != 0) {
    return Fail(
        Error::FromSystemCall(ErrorCode::kUnavailable, "examine " + paths.directory(), errno));
  }
  const auto server = ReadPeerCredentials(socket);
  if (!server) {
    return Fail(server.error());
  }
  if (server->uid != 0 && server->uid != status.st_uid) {
    return Fail(ErrorCode::kNotPermitted, "uid " + std::to_string(server->uid) +
                                              " answers in the daemon's place at " +
                                              paths.ApiSocket());
  }
  return {};
}

std::string TextAt(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

ErrorCode CodeOfErrno(std::int64_t error) {
  switch (error) {
    case EPERM:
      return ErrorCode::kNotPermitted;
    case ENOENT:
      return ErrorCode::kNoSuchUser;
    case EACCES:
      return ErrorCode::kFactorRequired;
    case EROFS:
      return ErrorCode::kReadOnly;
    case EAGAIN:
      return ErrorCode::kRateLimited;
    case EINVAL:
      return ErrorCode::kConflict;
    case ETIMEDOUT:
      return ErrorCode::kTimedOut;
    default:
      return ErrorCode::kInternal;
  }
}

// Returns "[EPERM] text" without its first word.
std::string WithoutErrname(const std::string& reason) {
  const std::size_t end = reason.find("] ");
  return end == std::string::npos ? reason : reason.substr(end + 2);
}

Error InvalidParamsFrom(const json& data) {
  std::vector<Fault> faults;
  const auto extra = data.find("extra");
  if (extra != data.end() && extra->is_array()) {
    for (const json& row : *extra) {
      if (row.is_array() && row.size() == 3 && row[0].is_string() && row[1].is_string()) {
        faults.push_back({row[0].get<std::string>(), row[1].get<std::string>(), EINVAL});
      }
    }
  }
  return faults.empty() ? Error(ErrorCode::kInvalidParams, TextAt(data, "reason"))
                        : Error::InvalidParams(std::move(faults));
}

Error ErrorFrom(const json& error) {
  const auto code = error.find("code");
  const json data = error.contains("data") ? error["data"] : json();
  if (code == error.end() || !code->is_number_integer()) {
    return Error(ErrorCode::kCorrupt, "the daemon's error has no code");
  }
  const auto number = code->get<std::int64_t>();
  if (number == kMethodNotFound) {
    return Error(ErrorCode::kUnknownMethod, "the daemon does not know this method: it is older");
  }
  if (number == kTooManyCalls) {
    return Error(ErrorCode::kRateLimited,
                 "too many calls to the daemon, or too much work for it: try again later");
  }
  if (!data.is_object()) {
    return Error(ErrorCode::kInternal, "the daemon failed: " + TextAt(error, "message"));
  }
  if (number == kInvalidParams) {
    return InvalidParamsFrom(data);
  }
  const auto reason = data.find("error");
  const bool has_errno = reason != data.end() && reason->is_number_integer();
  return Error(CodeOfErrno(has_errno ? reason->get<std::int64_t>() : 0),
               WithoutErrname(TextAt(data, "reason")));
}

// A JSON-RPC 2.0 answer has either a result or an error.
Result<json> ResultFrom(const std::string& line, std::uint64_t id) {
  json answer = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object() || TextAt(answer, "jsonrpc") != "2.0") {
    return Fail(ErrorCode::kCorrupt, "the daemon's answer is not JSON-RPC 2.0");
  }
  const bool has_result = answer.contains("result");
  // An error without a call, such as too many connections, has the ID null.
  if (const auto error = answer.find("error"); error != answer.end()) {
    return Fail(error->is_object() && !has_result
                    ? ErrorFrom(*error)
                    : Error(ErrorCode::kCorrupt, "the daemon's error is not well-formed"));
  }
  if (!has_result || !answer.contains("id") || answer["id"] != id) {
    return Fail(ErrorCode::kCorrupt, "the daemon's answer is not one to this call");
  }
  return std::move(answer["result"]);
}

void WipeTexts(json& value) {
  if (value.is_string()) {
    auto& text = value.get_ref<std::string&>();
    WipeMemory(text.data(), text.size());
  } else if (value.is_structured()) {
    for (json& part : value) {
      WipeTexts(part);
    }
  }
}

}  // namespace

Result<ApiClient> ApiClient::Connect(const RunPaths& paths, std::chrono::milliseconds timeout,
                                     Bound bound) {
  const auto start = std::chrono::steady_clock::now();
  auto socket = ConnectLocal(paths.ApiSocket(), start + timeout);
  if (!socket) {
    return Fail(socket.error());
  }
  if (const auto checked = CheckServer(socket->get(), paths); !checked) {
    return Fail(checked.error());
  }
  ApiClient client(paths, std::move(*socket), timeout, bound);
  client.Spend(start);
  return client;
}

Result<void> ApiClient::Reconnect() {
  auto anew = Connect(paths_, timeout_, bound_);
  if (!anew) {
    return Fail(anew.error());
  }
  *this = std::move(*anew);
  return {};
}

void ApiClient::Spend(std::chrono::steady_clock::time_point start) {
  if (bound_ == Bound::kAllCalls) {
    timeout_ -=
        std::chrono::ceil<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
  }
}

Result<std::string> ApiClient::Exchange(std::string_view text) {
  if (!socket_.valid()) {
    return Fail(ErrorCode::kUnavailable, "the connection to the daemon was lost");
  }
  const auto start = std::chrono::steady_clock::now();
  const Deadline deadline = start + timeout_;
  const auto written = WriteAll(socket_.get(), text, deadline);
  // A daemon that closed the connection before the call may have said why.
  const bool listen = written || written.error().code() == ErrorCode::kUnavailable;
  auto line = listen ? ReadLine(socket_.get(), kMaxAnswerBytes, deadline)
                     : Result<std::string>(Fail(written.error()));
  if (!line) {
    // Otherwise a late answer would be taken for that of the next call.
    socket_.Reset();
  }
  Spend(start);
  return line;
}

Result<json> ApiClient::Call(std::string_view method, json params) {
  const std::uint64_t id = next_id_++;
  json request = {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}};
  request["params"] = std::move(params);
  std::string text = request.dump(-1, ' ', false, json::error_handler_t::replace);
  WipeTexts(request["params"]);
  text += '\n';
  auto line = Exchange(text);
  WipeMemory(text.data(), text.size());
  if (!line) {
    return Fail(line.error());
  }
  std::string& answer = *line;
  auto result = ResultFrom(answer, id);
  WipeMemory(answer.data(), answer.size());
  return result;
}

}  // namespace twofactor
