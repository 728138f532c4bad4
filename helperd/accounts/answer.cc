#include "helperd/accounts/answer.h"

#include <utility>

#include "common/base/username.h"
#include "helperd/accounts/check_users.h"
#include "helperd/accounts/describe.h"
#include "helperd/accounts/describe_groups.h"
#include "helperd/accounts/sources/group.h"
#include "helperd/accounts/sources/local_users.h"
#include "helperd/accounts/sources/passwd.h"
#include "helperd/accounts/sources/shells.h"
#include "helperd/accounts/sources/text_file.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxListedUsers = 20000;

Result<json> Identify(const AccountsRequest& request, const SystemLayout& layout,
                      Progress& progress) {
  progress.Enter("the passwd database (NSS)");
  const auto entry = FindPasswdByUid(request.uid);
  if (!entry) {
    return Fail(entry.error());
  }
  Identity identity{*entry, {}, {}};
  progress.Enter("the group database (NSS)");
  if (*entry) {
    auto groups = GroupsOf((*entry)->name, (*entry)->gid);
    if (!groups) {
      return Fail(groups.error());
    }
    identity.groups = std::move(*groups);
    const auto passwd = ReadSystemFile(layout.passwd);
    if (!passwd) {
      return Fail(passwd.error());
    }
    identity.local = IsInPasswdFile(*passwd, (*entry)->name);
  }
  for (const std::string& group : request.groups) {
    const auto gid = FindGid(group);
    if (!gid) {
      return Fail(gid.error());
    }
    if (*gid) {
      identity.gids_of.emplace(group, **gid);
    }
  }
  return ToJson(identity);
}

Result<PasswdEntry> FindUser(const std::string& name, Progress& progress) {
  // An impossible name is not passed to NSS modules.
  if (!Username::Parse(name)) {
    return Fail(ErrorCode::kNoSuchUser, "there is no such user");
  }
  progress.Enter("the passwd database (NSS)");
  const auto entry = FindPasswdByName(name);
  if (!entry) {
    return Fail(entry.error());
  }
  if (!*entry) {
    return Fail(ErrorCode::kNoSuchUser, "there is no such user");
  }
  return **entry;
}

Result<json> FindUsers(const std::vector<std::string>& names, Progress& progress) {
  std::vector<PasswdEntry> found;
  for (const std::string& name : names) {
    auto entry = FindUser(name, progress);
    if (entry) {
      found.push_back(std::move(*entry));
    } else if (entry.error().code() != ErrorCode::kNoSuchUser) {
      return Fail(entry.error());
    }
  }
  return ToJson(found);
}

Result<json> CheckUsersAnswer(const std::vector<UserToCheck>& users, const SystemLayout& layout,
                              Progress& progress) {
  const auto checks = CheckUsers(users, layout, progress);
  return checks ? Result<json>(ToJson(*checks)) : Fail(checks.error());
}

}  // namespace

Result<json> Answer(const AccountsRequest& request, const SystemLayout& layout,
                    Progress& progress) {
  switch (request.op) {
    case AccountsOp::kIdentify:
      return Identify(request, layout, progress);
    case AccountsOp::kFindUser: {
      const auto entry = FindUser(request.name, progress);
      return entry ? Result<json>(ToJson(*entry)) : Fail(entry.error());
    }
    case AccountsOp::kFindUsers:
      return FindUsers(request.names, progress);
    case AccountsOp::kCheckUsers:
      return CheckUsersAnswer(request.users, layout, progress);
    case AccountsOp::kDescribeUser: {
      const auto entry = FindUser(request.name, progress);
      return entry ? DescribeUser(*entry, layout, progress) : Fail(entry.error());
    }
    case AccountsOp::kListUsers: {
      progress.Enter("the list of users (NSS)");
      const auto entries = ListPasswd(kMaxListedUsers);
      return entries ? Result<json>(ToJson(*entries)) : Fail(entries.error());
    }
    case AccountsOp::kListGroups:
      return DescribeGroups(request, layout, progress);
    case AccountsOp::kListShells: {
      progress.Enter(layout.shells);
      const auto text = ReadSystemFile(layout.shells);
      return text ? Result<json>(ParseShells(*text)) : Fail(text.error());
    }
  }
  return Fail(ErrorCode::kInternal, "an operation without an answer");
}

std::string AnswerLine(std::string_view line, const SystemLayout& layout, Progress& progress) {
  const auto request = ParseAccountsRequest(line);
  if (request) {
    progress.SetUser(request->name);
  }
  const auto answer = request ? Answer(*request, layout, progress) : Fail(request.error());
  std::string text = answer ? AnswerText(*answer) : AnswerText(answer.error());
  if (text.size() > kMaxAccountsAnswerBytes) {
    text = AnswerText(Error(ErrorCode::kUnavailable, "the answer is longer than 4 MiB"));
  }
  return text + "\n";
}

}  // namespace twofactor
