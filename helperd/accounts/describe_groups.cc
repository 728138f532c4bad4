#include "helperd/accounts/describe_groups.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "helperd/accounts/sources/group.h"
#include "helperd/accounts/sources/host_identity.h"
#include "helperd/accounts/sources/local_users.h"
#include "helperd/accounts/sources/login_defs.h"
#include "helperd/accounts/sources/subuid.h"
#include "helperd/accounts/sources/sudoers.h"
#include "helperd/accounts/sources/text_file.h"
#include "helperd/accounts/tool.h"
#include "helperd/messages/described_fields.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxListedGroups = 20000;

// The data that all groups are described with.
struct GroupSources {
  std::string group_file;
  std::string passwd_file;
  std::string subgid;
  IdRanges ranges;
  std::optional<SudoersPolicy> sudoers;
  HostIdentity host;
  // Of the users in /etc/passwd.
  std::map<std::string, uid_t> uids;
  std::map<gid_t, std::set<uid_t>> primary;
};

Result<std::optional<SudoersPolicy>> ReadSudoersPolicy(const SystemLayout& layout) {
  if (access(layout.sudoers.c_str(), F_OK) != 0) {
    return std::optional<SudoersPolicy>();
  }
  auto tool =
      Tool::Start(layout.tool_folders, "cvtsudoers", SudoersPolicy::Arguments(layout.sudoers));
  if (!tool) {
    return Fail(tool.error());
  }
  if (!*tool) {
    return std::optional<SudoersPolicy>();
  }
  const auto output = (*tool)->Finish(std::chrono::steady_clock::now() + layout.deadline);
  if (!output) {
    return Fail(output.error());
  }
  auto policy = SudoersPolicy::Read(*output);
  return policy ? Result<std::optional<SudoersPolicy>>(std::move(*policy)) : Fail(policy.error());
}

void AddLocalUsers(GroupSources& sources) {
  for (const LocalUser& user : LocalUsers(sources.passwd_file)) {
    sources.uids.emplace(user.name, user.uid);
    sources.primary[user.gid].insert(user.uid);
  }
}

Result<GroupSources> ReadGroupSources(const SystemLayout& layout, Progress& progress) {
  progress.Enter("the files in /etc");
  auto group_file = ReadSystemFile(layout.group);
  auto passwd_file = ReadSystemFile(layout.passwd);
  auto subgid = ReadSystemFile(layout.subgid);
  auto login_defs = ReadSystemFile(layout.login_defs);
  for (const auto* file : {&group_file, &passwd_file, &subgid, &login_defs}) {
    if (!*file) {
      return Fail(file->error());
    }
  }
  progress.Enter("the sudoers policy");
  auto sudoers = ReadSudoersPolicy(layout);
  auto host = ReadHostIdentity();
  if (!sudoers || !host) {
    return Fail(sudoers ? host.error() : sudoers.error());
  }
  GroupSources sources{std::move(*group_file),
                       std::move(*passwd_file),
                       std::move(*subgid),
                       ParseLoginDefs(*login_defs),
                       std::move(*sudoers),
                       std::move(*host),
                       {},
                       {}};
  AddLocalUsers(sources);
  return sources;
}

SudoersPolicy::Commands CommandsOf(const GroupSources& sources, const GroupEntry& group) {
  if (!sources.sudoers) {
    return {};
  }
  // A member about whom nothing else is known.
  const SudoersPolicy::Subject member{
      "", static_cast<uid_t>(-1), {group.gid}, {group.name}, {}, {}, sources.host};
  return sources.sudoers->CommandsOf(member);
}

std::set<uid_t> MembersOf(const GroupSources& sources, const GroupEntry& group) {
  std::set<uid_t> users;
  if (const auto primary = sources.primary.find(group.gid); primary != sources.primary.end()) {
    users = primary->second;
  }
  for (const std::string& member : group.members) {
    if (const auto found = sources.uids.find(member); found != sources.uids.end()) {
      users.insert(found->second);
    }
  }
  return users;
}

json DescribeGroup(const GroupSources& sources, const GroupEntry& group) {
  // Both files have the name in the same place.
  const bool local = IsInPasswdFile(sources.group_file, group.name);
  const bool builtin = sources.ranges.IsBuiltinGid(group.gid);
  auto commands = CommandsOf(sources, group);
  return {{"id", local ? group.gid : group.gid + kDirectoryIdOffset},
          {"gid", group.gid},
          {"name", group.name},
          {"builtin", builtin},
          {"sudo_commands", std::move(commands.with_password)},
          {"sudo_commands_nopasswd", std::move(commands.without_password)},
          {"smb", false},
          {"userns_idmap", UsernsIdmapOf(sources.subgid, group.name, group.gid)},
          {"group", group.name},
          {"id_type_both", false},
          {"local", local},
          {"sid", nullptr},
          {"users", MembersOf(sources, group)},
          {"immutable", builtin || !local}};
}

Result<std::vector<GroupEntry>> FindGroups(const AccountsRequest& request) {
  if (request.names.empty() && request.gids.empty()) {
    return ListGroups(kMaxListedGroups);
  }
  std::vector<Result<std::optional<GroupEntry>>> looks;
  for (const std::string& name : request.names) {
    looks.push_back(FindGroupByName(name));
  }
  for (const gid_t gid : request.gids) {
    looks.push_back(FindGroupByGid(gid));
  }
  std::vector<GroupEntry> groups;
  for (auto& look : looks) {
    if (!look) {
      return Fail(look.error());
    }
    if (*look) {
      groups.push_back(std::move(**look));
    }
  }
  return groups;
}

}  // namespace

Result<json> DescribeGroups(const AccountsRequest& request, const SystemLayout& layout,
                            Progress& progress) {
  progress.Enter("the group database (NSS)");
  const auto groups = FindGroups(request);
  if (!groups) {
    return Fail(groups.error());
  }
  const auto sources = ReadGroupSources(layout, progress);
  if (!sources) {
    return Fail(sources.error());
  }
  json list = json::array();
  for (const GroupEntry& group : *groups) {
    list.push_back(DescribeGroup(*sources, group));
  }
  return list;
}

}  // namespace twofactor
