#include "helperd/messages/accounts_messages.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <utility>

#include "helperd/messages/described_fields.h"

namespace twofactor {
namespace {

using nlohmann::json;

// Messages are parsed with exceptions of the JSON library, and none leaves this file.
template <typename Read>
auto Strictly(const char* what, Read read) -> Result<decltype(read())> {
  try {
    return read();
  } catch (const json::exception&) {
    return Fail(ErrorCode::kCorrupt, std::string(what) + " is malformed");
  } catch (const std::out_of_range&) {
    return Fail(ErrorCode::kCorrupt, std::string(what) + " has a value that is out of range");
  }
}

std::string Dump(const json& value) {
  return value.dump(-1, ' ', /*ensure_ascii=*/true, json::error_handler_t::replace);
}

// Checks the type first: the library converts any fraction without a check.
std::int64_t Whole(const json& value) {
  if (!value.is_number_integer()) {
    throw std::out_of_range("number");
  }
  return value.get<std::int64_t>();
}

std::uint32_t Id(const json& value) {
  const std::int64_t number = Whole(value);
  if (number < 0 || number > std::numeric_limits<std::uint32_t>::max()) {
    throw std::out_of_range("id");
  }
  return static_cast<std::uint32_t>(number);
}

void RequireKeys(const json& object, std::size_t count) {
  if (!object.is_object() || object.size() != count) {
    throw std::out_of_range("keys");
  }
}

struct OpName {
  AccountsOp op;
  std::string_view name;
};
constexpr std::array kOpNames = {OpName{AccountsOp::kIdentify, "identify"},
                                 OpName{AccountsOp::kFindUser, "find_user"},
                                 OpName{AccountsOp::kFindUsers, "find_users"},
                                 OpName{AccountsOp::kCheckUsers, "check_users"},
                                 OpName{AccountsOp::kDescribeUser, "describe_user"},
                                 OpName{AccountsOp::kListUsers, "list_users"},
                                 OpName{AccountsOp::kListShells, "list_shells"},
                                 OpName{AccountsOp::kListGroups, "list_groups"}};

PasswdEntry ReadPasswdEntry(const json& value) {
  RequireKeys(value, 6);
  PasswdEntry entry;
  entry.name = value.at("name").get<std::string>();
  entry.uid = Id(value.at("uid"));
  entry.gid = Id(value.at("gid"));
  entry.gecos = value.at("gecos").get<std::string>();
  entry.dir = value.at("dir").get<std::string>();
  entry.shell = value.at("shell").get<std::string>();
  return entry;
}

AccountsRequest ReadRequest(const json& value) {
  const auto op_name = value.at("op").get<std::string>();
  const auto* row = std::find_if(kOpNames.begin(), kOpNames.end(),
                                 [&](const OpName& known) { return known.name == op_name; });
  if (row == kOpNames.end()) {
    throw std::out_of_range("op");
  }
  AccountsRequest request{row->op, 0, {}, {}};
  switch (row->op) {
    case AccountsOp::kIdentify:
      RequireKeys(value, 3);
      request.uid = Id(value.at("uid"));
      request.groups = value.at("groups").get<std::vector<std::string>>();
      break;
    case AccountsOp::kFindUser:
    case AccountsOp::kDescribeUser:
      RequireKeys(value, 2);
      request.name = value.at("name").get<std::string>();
      break;
    case AccountsOp::kFindUsers:
      RequireKeys(value, 2);
      request.names = value.at("names").get<std::vector<std::string>>();
      break;
    case AccountsOp::kCheckUsers:
      RequireKeys(value, 2);
      request.users = UsersToCheckFrom(value.at("users"));
      break;
    case AccountsOp::kListGroups:
      RequireKeys(value, 3);
      request.names = value.at("names").get<std::vector<std::string>>();
      for (const json& gid : value.at("gids")) {
        request.gids.push_back(Id(gid));
      }
      break;
    case AccountsOp::kListUsers:
    case AccountsOp::kListShells:
      RequireKeys(value, 1);
      break;
  }
  return request;
}

// The first error is enough for the log of a message between two processes of the same build.
Result<json> Checked(const Shape& shape, const std::string& what, json value) {
  std::vector<Fault> faults;
  shape.Check(value, "", faults);
  if (!faults.empty()) {
    const std::string where =
        faults[0].attribute.empty() ? std::string() : " in " + faults[0].attribute;
    return Fail(ErrorCode::kCorrupt, what + " is wrong" + where + ": " + faults[0].message);
  }
  return value;
}

ErrorCode CodeOf(std::int64_t error) {
  switch (error) {
    case ENOENT:
      return ErrorCode::kNoSuchUser;
    case ETIMEDOUT:
      return ErrorCode::kTimedOut;
    default:
      return ErrorCode::kUnavailable;
  }
}

int ErrnoFor(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNoSuchUser:
      return ENOENT;
    case ErrorCode::kTimedOut:
      return ETIMEDOUT;
    case ErrorCode::kCorrupt:
      return EBADMSG;
    default:
      return EIO;
  }
}

}  // namespace

std::string ToText(const AccountsRequest& request) {
  const auto* row = std::find_if(kOpNames.begin(), kOpNames.end(),
                                 [&](const OpName& known) { return known.op == request.op; });
  json value = {{"op", row->name}};
  if (request.op == AccountsOp::kIdentify) {
    value["uid"] = request.uid;
    value["groups"] = request.groups;
  } else if (request.op == AccountsOp::kFindUsers) {
    value["names"] = request.names;
  } else if (request.op == AccountsOp::kListGroups) {
    value["names"] = request.names;
    value["gids"] = request.gids;
  } else if (request.op == AccountsOp::kCheckUsers) {
    value["users"] = ToJson(request.users);
  } else if (request.op == AccountsOp::kFindUser || request.op == AccountsOp::kDescribeUser) {
    value["name"] = request.name;
  }
  return Dump(value);
}

Result<AccountsRequest> ParseAccountsRequest(std::string_view text) {
  if (text.size() > kMaxAccountsRequestBytes) {
    return Fail(ErrorCode::kCorrupt, "a request to twofactor-accounts is too long");
  }
  return Strictly("a request to twofactor-accounts",
                  [text] { return ReadRequest(json::parse(text)); });
}

std::string AnswerText(const json& ok) { return Dump({{"ok", ok}}); }

std::string AnswerText(const Error& error) {
  return Dump({{"error", {{"errno", ErrnoFor(error.code())}, {"message", error.message()}}}});
}

Result<json> ParseAccountsAnswer(std::string_view text) {
  if (text.size() > kMaxAccountsAnswerBytes) {
    return Fail(ErrorCode::kCorrupt, "an answer from twofactor-accounts is too long");
  }
  struct Answer {
    json ok;
    std::optional<Error> error;
  };
  auto answer = Strictly("an answer from twofactor-accounts", [text] {
    json value = json::parse(text);
    RequireKeys(value, 1);
    if (value.contains("ok")) {
      return Answer{std::move(value["ok"]), std::nullopt};
    }
    const json& error = value.at("error");
    return Answer{json(),
                  Error(CodeOf(Whole(error.at("errno"))), error.at("message").get<std::string>())};
  });
  if (!answer) {
    return Fail(answer.error());
  }
  return answer->error ? Result<json>(Fail(*answer->error)) : std::move(answer->ok);
}

json ToJson(const PasswdEntry& entry) {
  return {{"name", entry.name},   {"uid", entry.uid}, {"gid", entry.gid},
          {"gecos", entry.gecos}, {"dir", entry.dir}, {"shell", entry.shell}};
}

json ToJson(const Identity& identity) {
  return {{"entry", identity.entry ? ToJson(*identity.entry) : json()},
          {"groups", identity.groups},
          {"gids_of", identity.gids_of},
          {"local", identity.local}};
}

json ToJson(const std::vector<PasswdEntry>& entries) {
  json list = json::array();
  for (const PasswdEntry& entry : entries) {
    list.push_back(ToJson(entry));
  }
  return list;
}

Result<PasswdEntry> ParsePasswdEntry(const json& value) {
  return Strictly("a passwd entry", [&value] { return ReadPasswdEntry(value); });
}

Result<Identity> ParseIdentity(const json& value) {
  return Strictly("an identity", [&value] {
    RequireKeys(value, 4);
    Identity identity;
    identity.local = value.at("local").get<bool>();
    if (!value.at("entry").is_null()) {
      identity.entry = ReadPasswdEntry(value.at("entry"));
    }
    for (const json& gid : value.at("groups")) {
      identity.groups.push_back(Id(gid));
    }
    for (const auto& [name, gid] : value.at("gids_of").items()) {
      identity.gids_of.emplace(name, Id(gid));
    }
    return identity;
  });
}

Result<std::vector<PasswdEntry>> ParsePasswdEntries(const json& value) {
  return Strictly("a list of passwd entries", [&value] {
    std::vector<PasswdEntry> entries;
    for (const json& entry : value) {
      entries.push_back(ReadPasswdEntry(entry));
    }
    return entries;
  });
}

Result<std::vector<UserCheck>> ParseUserChecks(const json& value) {
  return Strictly("a list of user checks", [&value] { return UserChecksFrom(value); });
}

Result<json> CheckDescription(json value) {
  static const Shape kDescription = Shape::Object(DescribedFields());
  return Checked(kDescription, "the description of a user", std::move(value));
}

Result<json> CheckGroups(json value) {
  static const Shape kGroups = Shape::Array(Shape::Object(GroupEntryFields()));
  return Checked(kGroups, "the list of groups", std::move(value));
}

Result<json> CheckShells(json value) {
  static const Shape kShells = Shape::Map(Shape::String());
  return Checked(kShells, "the list of shells", std::move(value));
}

}  // namespace twofactor
