#include "helperd/accounts/answer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <utility>

#include "common/base/clock.h"
#include "helperd/accounts/sources/group.h"
#include "helperd/accounts/sources/local_users.h"
#include "helperd/accounts/sources/login_defs.h"
#include "helperd/accounts/sources/opasswd.h"
#include "helperd/accounts/sources/passwd.h"
#include "helperd/accounts/sources/shadow.h"
#include "helperd/accounts/sources/shells.h"
#include "helperd/accounts/sources/subuid.h"
#include "helperd/accounts/sources/text_file.h"

namespace twofactor {
namespace {

using nlohmann::json;

// TrueNAS' offset for the ids of directory users, so that they never meet a local one.
constexpr std::int64_t kDirectoryIdOffset = 100000000;
constexpr std::size_t kMaxListedUsers = 20000;

// The files that the fields of one user come from.
struct SystemFiles {
  std::string passwd;
  std::string login_defs;
  std::string subuid;
  std::string opasswd;
};

Result<SystemFiles> ReadSystemFiles() {
  auto passwd = ReadSystemFile("/etc/passwd");
  auto login_defs = ReadSystemFile("/etc/login.defs");
  auto subuid = ReadSystemFile("/etc/subuid");
  auto opasswd = ReadSystemFile("/etc/security/opasswd");
  for (const auto* file : {&passwd, &login_defs, &subuid, &opasswd}) {
    if (!*file) {
      return Fail(file->error());
    }
  }
  return SystemFiles{std::move(*passwd), std::move(*login_defs), std::move(*subuid),
                     std::move(*opasswd)};
}

json DateOf(long day) {
  const std::time_t seconds = day * std::time_t{86400};
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return std::string(text.data());
}

void AddShadow(json& user, const std::optional<ShadowEntry>& shadow) {
  const auto now = SystemClock().Wall().time_since_epoch();
  const long today = std::chrono::duration_cast<std::chrono::days>(now).count();
  const bool dated = shadow && shadow->last_change > 0;
  user["unixhash"] = shadow ? json(shadow->hash) : json();
  user["password_disabled"] = !shadow || HasNoUsableHash(*shadow);
  user["locked"] = shadow && IsLocked(*shadow, today);
  user["last_password_change"] = dated ? DateOf(shadow->last_change) : json();
  user["password_age"] = dated ? json(std::max(today - shadow->last_change, 0L)) : json();
  user["password_change_required"] = shadow && shadow->last_change == 0;
}

Result<void> AddGroups(json& user, const PasswdEntry& entry, const IdRanges& ranges) {
  const auto name = FindGroupName(entry.gid);
  const auto groups = GroupsOf(entry.name, entry.gid);
  if (!name || !groups) {
    return Fail(name ? groups.error() : name.error());
  }
  std::vector<gid_t> supplementary = *groups;
  std::erase(supplementary, entry.gid);
  user["group"] = {{"id", entry.gid},
                   {"bsdgrp_gid", entry.gid},
                   {"bsdgrp_group", name->value_or(std::to_string(entry.gid))},
                   {"bsdgrp_builtin", ranges.IsBuiltinGid(entry.gid)}};
  user["groups"] = supplementary;
  return {};
}

// What a system without the source has (api.md, 'Where each result field comes from').
void AddMissingSources(json& user) {
  user["smbhash"] = nullptr;
  user["smb"] = false;
  user["sid"] = nullptr;
  user["id_type_both"] = false;
  user["ssh_password_enabled"] = false;
  user["sshpubkey"] = nullptr;
  user["sudo_commands"] = json::array();
  user["sudo_commands_nopasswd"] = json::array();
  user["email"] = nullptr;
}

Result<json> Describe(const PasswdEntry& entry) {
  const auto files = ReadSystemFiles();
  const auto shadow = FindShadow(entry.name);
  if (!files || !shadow) {
    return Fail(files ? shadow.error() : files.error());
  }
  const IdRanges ranges = ParseLoginDefs(files->login_defs);
  const bool local = IsInPasswdFile(files->passwd, entry.name);
  const bool builtin = ranges.IsBuiltinUid(entry.uid);
  json user = {{"id", local ? entry.uid : entry.uid + kDirectoryIdOffset},
               {"uid", entry.uid},
               {"username", entry.name},
               {"home", entry.dir},
               {"shell", entry.shell},
               {"full_name", FullNameOf(entry)},
               {"builtin", builtin},
               {"local", local},
               {"immutable", builtin || !local},
               {"userns_idmap", UsernsIdmapOf(files->subuid, entry.name, entry.uid)},
               {"password_history", PasswordHistoryOf(files->opasswd, entry.name)}};
  AddShadow(user, *shadow);
  AddMissingSources(user);
  const auto added = AddGroups(user, entry, ranges);
  return added ? Result<json>(std::move(user)) : Fail(added.error());
}

Result<json> Identify(const AccountsRequest& request) {
  const auto entry = FindPasswdByUid(request.uid);
  if (!entry) {
    return Fail(entry.error());
  }
  Identity identity{*entry, {}, {}};
  if (*entry) {
    auto groups = GroupsOf((*entry)->name, (*entry)->gid);
    if (!groups) {
      return Fail(groups.error());
    }
    identity.groups = std::move(*groups);
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

Result<PasswdEntry> FindUser(const std::string& name) {
  const auto entry = FindPasswdByName(name);
  if (!entry) {
    return Fail(entry.error());
  }
  if (!*entry) {
    return Fail(ErrorCode::kNoSuchUser, "there is no such user");
  }
  return **entry;
}

}  // namespace

Result<json> Answer(const AccountsRequest& request) {
  switch (request.op) {
    case AccountsOp::kIdentify:
      return Identify(request);
    case AccountsOp::kFindUser: {
      const auto entry = FindUser(request.name);
      return entry ? Result<json>(ToJson(*entry)) : Fail(entry.error());
    }
    case AccountsOp::kDescribeUser: {
      const auto entry = FindUser(request.name);
      return entry ? Describe(*entry) : Fail(entry.error());
    }
    case AccountsOp::kListUsers: {
      const auto entries = ListPasswd(kMaxListedUsers);
      return entries ? Result<json>(ToJson(*entries)) : Fail(entries.error());
    }
    case AccountsOp::kListShells: {
      const auto text = ReadSystemFile("/etc/shells");
      return text ? Result<json>(ParseShells(*text)) : Fail(text.error());
    }
  }
  return Fail(ErrorCode::kInternal, "an operation without an answer");
}

std::string AnswerLine(std::string_view line) {
  const auto request = ParseAccountsRequest(line);
  const auto answer = request ? Answer(*request) : Fail(request.error());
  const std::string text = answer ? AnswerText(*answer) : AnswerText(answer.error());
  return text + "\n";
}

}  // namespace twofactor
