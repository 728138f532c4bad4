#include "helperd/twofactord/vault/vault_snapshot.h"

#include <algorithm>

#include "helperd/twofactord/vault/recovery_key.h"
#include "helperd/twofactord/vault/vault_rows.h"

namespace twofactor {
namespace {

constexpr const char* kNextName =
    "SELECT username FROM devices WHERE username > ?1 UNION"
    " SELECT username FROM enrollment WHERE username > ?1 ORDER BY username LIMIT 1";
constexpr const char* kRecoveryHashes = "SELECT hash, key FROM recovery_codes WHERE username = ?";
constexpr const char* kFirstAsked = "SELECT uid, first_asked FROM enrollment WHERE username = ?";
constexpr const char* kUsers =
    "SELECT COUNT(*) FROM (SELECT username FROM devices UNION SELECT username FROM enrollment)";

std::uint32_t NewestGeneration(const std::vector<rows::OpenedRow>& devices) {
  std::uint32_t newest = 0;
  for (const rows::OpenedRow& row : devices) {
    newest = std::max(newest, row.device.generation);
  }
  return newest;
}

}  // namespace

Result<VaultSnapshot> VaultSnapshot::Open(VaultCopy copy) {
  Database& database = copy.database;
  auto next_name = database.Prepare(kNextName);
  auto devices =
      database.Prepare(std::string(rows::kSelectDevices) + " WHERE username = ? ORDER BY device");
  auto recovery_codes = database.Prepare(kRecoveryHashes);
  auto first_asked = database.Prepare(kFirstAsked);
  if (!next_name || !devices || !recovery_codes || !first_asked) {
    return Fail(ErrorCode::kCorrupt, "read the copy of the vault");
  }
  VaultSnapshot snapshot(std::move(copy.database), std::move(copy.keys),
                         {std::move(*next_name), std::move(*devices), std::move(*recovery_codes),
                          std::move(*first_asked)});
  if (const auto counted = snapshot.CountUsers(); !counted) {
    return Fail(counted.error());
  }
  if (const auto loaded = snapshot.LoadRecoveryKeys(); !loaded) {
    return Fail(loaded.error());
  }
  return snapshot;
}

Result<void> VaultSnapshot::CountUsers() {
  auto select = database_.Prepare(kUsers);
  if (!select) {
    return Fail(select.error());
  }
  if (const auto row = select->Step(); !row) {
    return Fail(row.error());
  }
  users_ = static_cast<std::uint64_t>(select->Integer(0));
  return {};
}

Result<void> VaultSnapshot::LoadRecoveryKeys() {
  auto select = database_.Prepare("SELECT name, sealed FROM sealed_keys");
  if (!select) {
    return Fail(select.error());
  }
  for (;;) {
    const auto row = select->Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      return {};
    }
    const std::string name(select->Text(0));
    if (name.rfind(kOwnRecoveryKey, 0) != 0) {
      continue;
    }
    auto key = Unseal(keys_, RecoveryKeyIdentity(name), select->Blob(1));
    auto id = key ? RecoveryKeyId(*key) : Fail(key.error());
    if (!id) {
      return Fail(id.error().Under("the key of recovery codes"));
    }
    recovery_key_ids_.emplace(name, *id);
    recovery_keys_.insert_or_assign(*id, std::move(*key));
  }
}

Result<std::optional<BackedUpUser>> VaultSnapshot::NextUser() {
  const auto row = statements_.next_name.Reset().Bind(last_name_).Step();
  if (!row) {
    return Fail(row.error());
  }
  if (!*row) {
    return std::nullopt;
  }
  last_name_ = statements_.next_name.Text(0);
  auto username = Username::Parse(last_name_);
  if (!username) {
    return Fail(ErrorCode::kCorrupt, "the vault holds a name that cannot be");
  }
  BackedUpUser user{std::move(*username), 0, {}, {}, {}};
  for (const auto add : {&VaultSnapshot::AddDevices, &VaultSnapshot::AddRecoveryHashes,
                         &VaultSnapshot::AddFirstAsked}) {
    if (const auto added = (this->*add)(user); !added) {
      return Fail(added.error().Under("user " + user.username.text()));
    }
  }
  return user;
}

Result<void> VaultSnapshot::AddDevices(BackedUpUser& user) {
  Statement& select = statements_.devices.Reset().Bind(user.username.text());
  std::vector<rows::OpenedRow> opened;
  std::vector<std::pair<std::string, HotpCounter>> rest;
  for (;;) {
    const auto row = select.Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      break;
    }
    auto device = rows::Open(select, keys_);
    if (!device) {
      return Fail(device.error());
    }
    opened.push_back(std::move(*device));
    rest.emplace_back(rows::LabelOf(select), rows::CounterOf(select));
  }
  const std::uint32_t newest = NewestGeneration(opened);
  for (const rows::OpenedRow& row : opened) {
    if (row.device.generation == newest) {
      user.uid = row.device.uid;
    }
  }
  for (std::size_t i = 0; i < opened.size(); ++i) {
    const PublishedDevice& device = opened[i].device;
    if (device.uid != user.uid) {
      continue;
    }
    if (device.kind == DeviceKind::kRecoveryCodes) {
      user.recovery_codes = BackedUpRecoveryCodes{device.created, {}, {}};
      continue;
    }
    user.devices.push_back({device.device, device.kind, device.parameters, device.created,
                            rest[i].first, device.skew, device.first_step, rest[i].second,
                            std::move(opened[i].secret), device.slot, device.generation});
  }
  return {};
}

Result<void> VaultSnapshot::AddRecoveryHashes(BackedUpUser& user) {
  if (!user.recovery_codes) {
    return {};
  }
  Statement& select = statements_.recovery_codes.Reset().Bind(user.username.text());
  for (;;) {
    const auto row = select.Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      return {};
    }
    const auto hash = select.Blob(0);
    const auto id = recovery_key_ids_.find(select.Text(1));
    if (id == recovery_key_ids_.end()) {
      return Fail(ErrorCode::kCorrupt, "the key of the recovery codes is not there");
    }
    user.recovery_codes->key_id = id->second;
    user.recovery_codes->hashes.emplace_back(hash.begin(), hash.end());
  }
}

Result<void> VaultSnapshot::AddFirstAsked(BackedUpUser& user) {
  const auto row = statements_.first_asked.Reset().Bind(user.username.text()).Step();
  if (!row || !*row) {
    return row ? Result<void>() : Fail(row.error());
  }
  const auto uid = static_cast<uid_t>(statements_.first_asked.Integer(0));
  const bool has_factor = !user.devices.empty() || user.recovery_codes;
  if (has_factor && uid != user.uid) {
    return {};
  }
  user.uid = uid;
  user.first_asked = rows::ToWallTime(statements_.first_asked.Integer(1));
  return {};
}

}  // namespace twofactor
