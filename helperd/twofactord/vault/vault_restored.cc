#include <algorithm>
#include <utility>

#include "common/otp/same_codes.h"
#include "helperd/twofactord/vault/recovery_key.h"
#include "helperd/twofactord/vault/vault.h"
#include "helperd/twofactord/vault/vault_rows.h"

// What a backup brings back beside the devices.
namespace twofactor {

Result<std::string> Vault::KeepRecoveryKey(const SecretBytes& key) {
  const auto id = RecoveryKeyId(key);
  const auto own = RecoveryKey(std::string(kOwnRecoveryKey));
  const auto own_id = own ? RecoveryKeyId(*own) : Fail(own.error());
  if (!id || !own_id) {
    return Fail(id ? own_id.error() : id.error());
  }
  if (*id == *own_id) {
    return std::string(kOwnRecoveryKey);
  }
  const std::string name = std::string(kOwnRecoveryKey) + " " + *id;
  const auto found = FindSealedKey(name);
  if (!found || *found) {
    return found ? Result<std::string>(name) : Fail(found.error());
  }
  const auto written = PutSealedKey(name, key);
  return written ? Result<std::string>(name) : Fail(written.error());
}

Result<PublishedDevice> Vault::PutRecoveryHashes(const Username& username, uid_t uid,
                                                 WallTime created, const std::string& key_name,
                                                 const std::vector<RecoveryHash>& hashes) {
  if (const auto forgotten = ForgetRecoveryCodes(username); !forgotten) {
    return Fail(forgotten.error());
  }
  for (const RecoveryHash& hash : hashes) {
    auto insert = database_.Prepare(
        "INSERT OR IGNORE INTO recovery_codes (username, hash, key) VALUES (?, ?, ?)");
    if (!insert) {
      return Fail(insert.error());
    }
    const auto written = insert->Bind(username.text())
                             .Bind(std::span<const std::uint8_t>(hash))
                             .Bind(key_name)
                             .Run();
    if (!written) {
      return Fail(written.error());
    }
  }
  return PutSecret({.username = username,
                    .uid = uid,
                    .device = kRecoveryDevice,
                    .parameters = {},
                    .created = created,
                    .secret = {},
                    .kind = DeviceKind::kRecoveryCodes,
                    .label = {}});
}

Result<std::vector<SameTotp>> Vault::FindTotpSecret(const Username& username,
                                                    const SecretBytes& secret,
                                                    std::chrono::seconds interval) {
  auto select =
      database_.Prepare(std::string(rows::kSelectDevices) + " WHERE username = ? AND kind = ?");
  if (!select) {
    return Fail(select.error());
  }
  select->Bind(username.text()).Bind(static_cast<std::int64_t>(DeviceKind::kTotp));
  std::vector<SameTotp> same;
  for (;;) {
    const auto row = select->Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      break;
    }
    const auto opened = rows::Open(*select, keys_);
    if (!opened) {
      return Fail(opened.error());
    }
    const PublishedDevice& device = opened->device;
    if (MakeSameCodes(opened->secret, secret) && device.parameters.interval == interval) {
      same.push_back({device.slot, device.generation, device.skew, device.first_step});
    }
  }
  const auto past = FindPast(username, secret);
  if (!past) {
    return Fail(past.error());
  }
  for (const PastSecret& here : *past) {
    if (here.kind == DeviceKind::kTotp && here.interval == interval) {
      same.push_back({kNoSlot, 0, here.skew, here.first_step});
    }
  }
  return same;
}

Result<bool> Vault::HasDeviceOfOther(const Username& username, uid_t uid) {
  auto select = database_.Prepare("SELECT 1 FROM devices WHERE username = ? AND uid <> ?");
  return select ? select->Bind(username.text()).Bind(std::int64_t{uid}).StepToEnd()
                : Fail(select.error());
}

Result<bool> Vault::HasSecret(const Username& username, const SecretBytes& secret) {
  auto select = database_.Prepare(std::string(rows::kSelectDevices) + " WHERE username = ?");
  if (!select) {
    return Fail(select.error());
  }
  select->Bind(username.text());
  bool has = false;
  for (;;) {
    const auto row = select->Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      break;
    }
    const auto opened = rows::Open(*select, keys_);
    if (!opened) {
      return Fail(opened.error());
    }
    has = MakeSameCodes(opened->secret, secret) || has;
  }
  const auto past = FindPast(username, secret);
  return past ? Result<bool>(has || !past->empty()) : Fail(past.error());
}

Result<std::vector<SecretBytes>> Vault::LeftOfCodes(const Username& username,
                                                    const std::vector<SecretBytes>& codes) {
  auto list = database_.Prepare("SELECT created FROM devices WHERE username = ? AND device = ?");
  auto find = database_.Prepare("SELECT 1 FROM recovery_codes WHERE username = ? AND hash = ?");
  const auto key_name = RecoveryKeyNameOf(username);
  if (!list || !find || !key_name) {
    return Fail(ErrorCode::kUnavailable, "read the recovery codes of the vault");
  }
  const auto has_list = list->Bind(username.text()).Bind(std::int64_t{kRecoveryDevice}).Step();
  if (!has_list) {
    return Fail(has_list.error());
  }
  // Of a list that is older than what the vault knows of used codes, only what is left counts.
  const auto knows =
      *has_list ? KnowsUsesSince(username, rows::ToWallTime(list->Integer(0))) : Result<bool>(true);
  if (!knows) {
    return Fail(knows.error());
  }
  std::vector<SecretBytes> left;
  for (const SecretBytes& code : codes) {
    const auto hash = HashRecoveryCode(username, *key_name, code);
    if (!hash) {
      return Fail(hash.error());
    }
    const auto found =
        find->Reset().Bind(username.text()).Bind(std::span<const std::uint8_t>(*hash)).StepToEnd();
    if (!found) {
      return Fail(found.error());
    }
    const auto past = *found ? Result<bool>(false) : IsPastCode(username, code);
    if (!past) {
      return Fail(past.error());
    }
    if (*found || (!*past && *knows)) {
      left.push_back(code.Clone());
    }
  }
  return left;
}

Result<std::optional<HotpCounter>> Vault::CounterOfSecret(const Username& username,
                                                          const SecretBytes& secret) {
  auto select =
      database_.Prepare(std::string(rows::kSelectDevices) + " WHERE username = ? AND kind = ?");
  if (!select) {
    return Fail(select.error());
  }
  select->Bind(username.text()).Bind(static_cast<std::int64_t>(DeviceKind::kHotp));
  std::optional<HotpCounter> counter;
  for (;;) {
    const auto row = select->Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      break;
    }
    const auto opened = rows::Open(*select, keys_);
    if (!opened) {
      return Fail(opened.error());
    }
    if (MakeSameCodes(opened->secret, secret)) {
      counter = std::max(counter.value_or(0), rows::CounterOf(*select));
    }
  }
  const auto past = FindPast(username, secret);
  if (!past) {
    return Fail(past.error());
  }
  for (const PastSecret& here : *past) {
    if (here.kind == DeviceKind::kHotp) {
      counter = std::max(counter.value_or(0), here.counter);
    }
  }
  return counter;
}

Result<std::optional<std::vector<RecoveryHash>>> Vault::LeftOfRecoveryCodes(
    const Username& username, WallTime created, const std::string& key_name) {
  const auto has_key = RecoveryKeyNameOf(username);
  auto device =
      database_.Prepare("SELECT 1 FROM devices WHERE username = ? AND device = ? AND created = ?");
  auto select = database_.Prepare("SELECT hash FROM recovery_codes WHERE username = ?");
  if (!has_key || !device || !select) {
    return Fail(ErrorCode::kUnavailable, "read the recovery codes of the vault");
  }
  const auto made_then = device->Bind(username.text())
                             .Bind(std::int64_t{kRecoveryDevice})
                             .Bind(created.time_since_epoch().count())
                             .StepToEnd();
  if (!made_then) {
    return Fail(made_then.error());
  }
  std::vector<RecoveryHash> left;
  select->Bind(username.text());
  for (;;) {
    const auto row = select->Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      break;
    }
    const auto hash = select->Blob(0);
    left.emplace_back(hash.begin(), hash.end());
  }
  // Of a list that is used up, no key is known.
  const bool same_list = *made_then && (left.empty() || *has_key == key_name);
  return same_list ? Result<std::optional<std::vector<RecoveryHash>>>(std::move(left))
                   : std::optional<std::vector<RecoveryHash>>();
}

}  // namespace twofactor
