#include "helperd/accounts/describe.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <optional>
#include <utility>

#include "common/base/clock.h"
#include "helperd/accounts/sources/authorized_keys.h"
#include "helperd/accounts/sources/group.h"
#include "helperd/accounts/sources/local_users.h"
#include "helperd/accounts/sources/login_defs.h"
#include "helperd/accounts/sources/opasswd.h"
#include "helperd/accounts/sources/passwd.h"
#include "helperd/accounts/sources/shadow.h"
#include "helperd/accounts/sources/sshd.h"
#include "helperd/accounts/sources/subuid.h"
#include "helperd/accounts/sources/sudo_subject.h"
#include "helperd/accounts/sources/text_file.h"
#include "helperd/accounts/user_tools.h"
#include "helperd/messages/described_fields.h"

namespace twofactor {
namespace {

using nlohmann::json;

// 9999-12-31, the last day that RFC 3339 can express.
constexpr long kLastDay = 2932896;

json DateOf(long day) {
  const std::time_t seconds = day * std::time_t{86400};
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return std::string(text.data());
}

// With more readers than this blocked by a home directory, it is not read again until they have
// ended.
constexpr int kMaxHeldReaders = 4;

// A description of a user while it is made. The steps run in the order of kSteps; each adds its
// fields.
class Description {
 public:
  Description(const PasswdEntry& entry, const SystemLayout& layout)
      : entry_(entry),
        layout_(layout),
        deadline_(std::chrono::steady_clock::now() + layout.deadline),
        tools_(layout, deadline_) {}

  Result<json> Make(Progress& progress);

 private:
  struct Step {
    const char* name;
    Result<void> (Description::*run)();
  };
  static const std::array<Step, 10> kSteps;

  Result<void> AddFiles();
  Result<void> AddGroups();
  Result<void> StartTools();
  Result<void> ReadSshd();
  Result<void> AddPasswordHistory();
  Result<void> AddShadow();
  Result<void> AddSudo();
  Result<void> AddSamba();
  Result<void> AddEmail();
  Result<void> AddHome();

  const PasswdEntry& entry_;
  const SystemLayout& layout_;
  const SteadyMoment deadline_;
  json user_ = json::object();
  IdRanges ranges_;
  bool local_ = false;
  std::vector<gid_t> groups_;
  UserTools tools_;
  SshdSettings sshd_settings_;
  std::optional<Child> home_;
};

// First starts everything that runs meanwhile, then waits. The child that becomes the user is
// forked before this process has read a hash.
constexpr std::array<Description::Step, 10> Description::kSteps = {{
    {"the files in /etc", &Description::AddFiles},
    {"the group database (NSS)", &Description::AddGroups},
    {"the start of the tools", &Description::StartTools},
    {"sshd", &Description::ReadSshd},
    {"the password history", &Description::AddPasswordHistory},
    {"the shadow database (NSS)", &Description::AddShadow},
    {"the sudoers policy", &Description::AddSudo},
    {"Samba", &Description::AddSamba},
    {"userdbctl", &Description::AddEmail},
    {"the home directory", &Description::AddHome},
}};

Result<json> Description::Make(Progress& progress) {
  if (progress.held_readers(entry_.name) > kMaxHeldReaders) {
    return Fail(ErrorCode::kUnavailable, "earlier readers of the user's home directory still hang");
  }
  for (const Step& step : kSteps) {
    progress.Enter(step.name);
    if (const auto done = (this->*step.run)(); !done) {
      return Fail(done.error());
    }
  }
  return std::move(user_);
}

Result<void> Description::AddFiles() {
  const auto passwd = ReadSystemFile(layout_.passwd);
  const auto login_defs = ReadSystemFile(layout_.login_defs);
  const auto subuid = ReadSystemFile(layout_.subuid);
  for (const auto* file : {&passwd, &login_defs, &subuid}) {
    if (!*file) {
      return Fail(file->error());
    }
  }
  ranges_ = ParseLoginDefs(*login_defs);
  local_ = IsInPasswdFile(*passwd, entry_.name);
  const bool builtin = ranges_.IsBuiltinUid(entry_.uid);
  user_ = {{"id", local_ ? entry_.uid : entry_.uid + kDirectoryIdOffset},
           {"uid", entry_.uid},
           {"username", entry_.name},
           {"home", entry_.dir.empty() ? "/var/empty" : entry_.dir},
           {"shell", entry_.shell.empty() ? "/bin/sh" : entry_.shell},  // passwd(5)
           {"full_name", FullNameOf(entry_)},
           {"builtin", builtin},
           {"local", local_},
           {"immutable", builtin || !local_},
           {"userns_idmap", UsernsIdmapOf(*subuid, entry_.name, entry_.uid)}};
  return {};
}

Result<void> Description::AddGroups() {
  const auto name = FindGroupName(entry_.gid);
  auto groups = GroupsOf(entry_.name, entry_.gid);
  if (!name || !groups) {
    return Fail(name ? groups.error() : name.error());
  }
  groups_ = std::move(*groups);
  std::vector<gid_t> supplementary = groups_;
  std::erase(supplementary, entry_.gid);
  user_["group"] = {{"id", entry_.gid},
                    {"bsdgrp_gid", entry_.gid},
                    {"bsdgrp_group", name->value_or(std::to_string(entry_.gid))},
                    {"bsdgrp_builtin", ranges_.IsBuiltinGid(entry_.gid)}};
  user_["groups"] = supplementary;
  return {};
}

Result<void> Description::StartTools() { return tools_.Start(entry_.name, local_); }

// Also starts reading the files that sshd names.
Result<void> Description::ReadSshd() {
  auto settings = tools_.Sshd();
  if (!settings) {
    return Fail(settings.error());
  }
  sshd_settings_ = std::move(*settings);
  auto home = StartReadingAuthorizedKeys(
      entry_, groups_, AuthorizedKeysPaths(sshd_settings_.authorized_keys_files, entry_));
  if (!home) {
    return Fail(home.error());
  }
  home_.emplace(std::move(*home));
  return {};
}

Result<void> Description::AddPasswordHistory() {
  const auto opasswd = ReadSystemFile(layout_.opasswd);
  if (!opasswd) {
    return Fail(opasswd.error());
  }
  user_["password_history"] = PasswordHistoryOf(*opasswd, entry_.name);
  return {};
}

Result<void> Description::AddShadow() {
  const auto shadow = FindShadow(entry_.name);
  if (!shadow) {
    return Fail(shadow.error());
  }
  const auto now = SystemClock().Wall().time_since_epoch();
  const long today = std::chrono::duration_cast<std::chrono::days>(now).count();
  const auto& line = *shadow;
  const bool dated = line && line->last_change > 0 && line->last_change <= kLastDay;
  const bool disabled = !line || HasNoUsableHash(*line);
  user_["unixhash"] = line ? json(line->hash) : json();
  user_["password_disabled"] = disabled;
  user_["ssh_password_enabled"] = !disabled && AllowsPassword(sshd_settings_, entry_.uid);
  user_["locked"] = line && IsLocked(*line, today);
  user_["last_password_change"] = dated ? DateOf(line->last_change) : json();
  user_["password_age"] = dated ? json(std::max(today - line->last_change, 0L)) : json();
  user_["password_change_required"] = line && line->last_change == 0;
  return {};
}

Result<void> Description::AddSudo() {
  const auto policy = tools_.Sudoers();
  if (!policy) {
    return Fail(policy.error());
  }
  SudoersPolicy::Commands commands;
  if (*policy) {
    const auto subject = ReadSudoSubject(**policy, entry_, groups_);
    if (!subject) {
      return Fail(subject.error());
    }
    commands = (*policy)->CommandsOf(*subject);
  }
  user_["sudo_commands"] = std::move(commands.with_password);
  user_["sudo_commands_nopasswd"] = std::move(commands.without_password);
  return {};
}

Result<void> Description::AddSamba() {
  const auto account = tools_.Samba();
  const auto directory = tools_.Winbind();
  if (!account || !directory) {
    return Fail(account ? directory.error() : account.error());
  }
  const auto& passdb = *account;
  const auto& winbind = *directory;
  user_["smb"] = passdb && passdb->enabled;
  user_["smbhash"] = passdb && passdb->nt_hash ? json(*passdb->nt_hash) : json();
  user_["sid"] = winbind ? json(winbind->sid) : passdb ? json(passdb->sid) : json();
  user_["id_type_both"] = winbind && winbind->is_uid_and_gid;
  return {};
}

Result<void> Description::AddEmail() {
  auto email = tools_.Email();
  if (!email) {
    return Fail(email.error());
  }
  user_["email"] = std::move(*email);
  return {};
}

Result<void> Description::AddHome() {
  const auto output = home_->Finish(deadline_);
  const auto keys = output ? ReadAuthorizedKeys(*output) : Fail(output.error());
  if (!keys) {
    return Fail(keys.error());
  }
  user_["sshpubkey"] = *keys;
  return {};
}

}  // namespace

Result<json> DescribeUser(const PasswdEntry& entry, const SystemLayout& layout,
                          Progress& progress) {
  return Description(entry, layout).Make(progress);
}

}  // namespace twofactor
