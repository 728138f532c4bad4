#include <algorithm>
#include <utility>

#include "common/otp/same_codes.h"
#include "helperd/twofactord/vault/equal_secrets.h"
#include "helperd/twofactord/vault/keyed_hash.h"
#include "helperd/twofactord/vault/recovery_key.h"
#include "helperd/twofactord/vault/vault.h"
#include "helperd/twofactord/vault/vault_rows.h"

// What was used of secrets and recovery codes that the vault gave up, so that one that comes back
// (from a backup, or from the file that it was imported from) goes on where it stood. Of a secret
// it keeps a keyed hash, of the key of which a rekey only changes the seal.
namespace twofactor {
namespace {

// A number of the vault: it tells in which order secrets and codes were given up.
constexpr std::string_view kPastNumber = "past_number";

SealIdentity PastSecretIdentity(const Username& username) {
  return SealIdentity("twofactor past secret").Add(username.text());
}

}  // namespace

Result<std::vector<std::uint8_t>> Vault::PastHash(const Username& username,
                                                  const SecretBytes& secret) {
  const auto key = OwnKey(kPastSecretsKey);
  return key ? KeyedHash(*key, PastSecretIdentity(username), HmacKeyOf(secret)) : Fail(key.error());
}

Result<std::vector<Vault::SecretRow>> Vault::ReadSecrets(const Username& username) {
  auto select = database_.Prepare(std::string(rows::kSelectDevices) +
                                  " WHERE username = ? AND device < ?"
                                  " ORDER BY device");
  if (!select) {
    return Fail(select.error());
  }
  select->Bind(username.text()).Bind(std::int64_t{kMaxDevices});
  std::vector<SecretRow> secrets;
  for (;;) {
    const auto row = select->Step();
    if (!row || !*row) {
      return row ? Result<std::vector<SecretRow>>(std::move(secrets)) : Fail(row.error());
    }
    auto opened = rows::Open(*select, keys_);
    if (!opened && opened.error().code() == ErrorCode::kInternal) {
      return Fail(opened.error());
    }
    // One that does not open is never published, so no code of it opens a login.
    if (opened) {
      secrets.push_back({std::move(opened->device), std::move(opened->secret),
                         rows::LabelOf(*select), rows::CounterOf(*select)});
    }
  }
}

TimeStep Vault::FirstUnusedStepOf(const PublishedDevice& device) const {
  if (device.kind != DeviceKind::kTotp) {
    return 0;
  }
  const TimeStep used = uses_ ? uses_->NextStep(device.slot, device.generation) : 0;
  return std::max(device.first_step, used);
}

Result<void> Vault::NotePast(const SecretRow& row) {
  const PublishedDevice& device = row.device;
  const auto hash = PastHash(device.username, row.secret);
  const auto number = NextPastNumber();
  if (!hash || !number) {
    return Fail(hash ? number.error() : hash.error());
  }
  auto put = database_.Prepare(
      "INSERT INTO past_secrets"
      " (username, hash, kind, interval, skew, first_step, counter, given_up, number)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
      " ON CONFLICT (username, hash, kind, interval) DO UPDATE SET skew = MAX(skew, excluded.skew),"
      " first_step = MAX(first_step, excluded.first_step),"
      " counter = MAX(counter, excluded.counter), given_up = MAX(given_up, excluded.given_up),"
      " number = excluded.number");
  if (!put) {
    return Fail(put.error());
  }
  const bool totp = device.kind == DeviceKind::kTotp;
  const auto written = put->Bind(device.username.text())
                           .Bind(std::span<const std::uint8_t>(*hash))
                           .Bind(static_cast<std::int64_t>(device.kind))
                           .Bind(std::int64_t{totp ? device.parameters.interval.count() : 0})
                           .Bind(std::int64_t{device.skew})
                           .Bind(std::int64_t{FirstUnusedStepOf(device)})
                           .Bind(static_cast<std::int64_t>(row.counter))
                           .Bind(Now().time_since_epoch().count())
                           .Bind(*number)
                           .Run();
  return written ? DropOldest(device.username, PastTable::kSecrets) : written;
}

Result<void> Vault::NotePastOf(const Username& username, std::optional<std::uint32_t> device) {
  const auto secrets = ReadSecrets(username);
  if (!secrets) {
    return Fail(secrets.error());
  }
  for (const SecretRow& row : *secrets) {
    if (device && row.device.device != *device) {
      continue;
    }
    if (const auto noted = NotePast(row); !noted) {
      return noted;
    }
  }
  return {};
}

Result<std::vector<Vault::PastSecret>> Vault::FindPast(const Username& username,
                                                       const SecretBytes& secret) {
  auto select = database_.Prepare(
      "SELECT hash, kind, interval, skew, first_step, counter FROM past_secrets"
      " WHERE username = ?");
  if (!select) {
    return Fail(select.error());
  }
  select->Bind(username.text());
  std::optional<std::vector<std::uint8_t>> wanted;
  std::vector<PastSecret> found;
  for (;;) {
    const auto row = select->Step();
    if (!row || !*row) {
      return row ? Result<std::vector<PastSecret>>(std::move(found)) : Fail(row.error());
    }
    if (!wanted) {
      auto hash = PastHash(username, secret);
      if (!hash) {
        return Fail(hash.error());
      }
      wanted = std::move(*hash);
    }
    if (!EqualInConstantTime(select->Blob(0), *wanted)) {
      continue;
    }
    const auto kind = DeviceKindFromStored(static_cast<std::uint8_t>(select->Integer(1)));
    if (!kind) {
      return Fail(ErrorCode::kCorrupt, "the vault holds a past secret that cannot be");
    }
    found.push_back(
        {*kind, std::chrono::seconds(select->Integer(2)), static_cast<int>(select->Integer(3)),
         static_cast<TimeStep>(select->Integer(4)), static_cast<HotpCounter>(select->Integer(5))});
  }
}

Result<void> Vault::NotePastCode(const Username& username, const std::string& key_name,
                                 const RecoveryHash& hash) {
  const auto number = NextPastNumber();
  auto put = database_.Prepare(
      "INSERT OR REPLACE INTO past_recovery_codes (username, key, hash, used, given_up, number)"
      " VALUES (?, ?, ?, 1, ?, ?)");
  if (!number || !put) {
    return Fail(number ? put.error() : number.error());
  }
  const auto written = put->Bind(username.text())
                           .Bind(key_name)
                           .Bind(std::span<const std::uint8_t>(hash))
                           .Bind(Now().time_since_epoch().count())
                           .Bind(*number)
                           .Run();
  return written ? DropOldest(username, PastTable::kCodes) : written;
}

Result<void> Vault::NoteReplacedCodes(const Username& username) {
  const auto number = NextPastNumber();
  auto put = database_.Prepare(
      "INSERT OR IGNORE INTO past_recovery_codes (username, key, hash, used, given_up, number)"
      " SELECT username, key, hash, 0, ?2, ?3 FROM recovery_codes WHERE username = ?1");
  if (!number || !put) {
    return Fail(number ? put.error() : number.error());
  }
  const auto written =
      put->Bind(username.text()).Bind(Now().time_since_epoch().count()).Bind(*number).Run();
  return written ? DropOldest(username, PastTable::kCodes) : written;
}

Result<bool> Vault::WasUsed(const Username& username, const std::string& key_name,
                            const RecoveryHash& hash) {
  auto select = database_.Prepare(
      "SELECT 1 FROM past_recovery_codes WHERE username = ? AND key = ? AND hash = ? AND used = 1");
  return select ? select->Bind(username.text())
                      .Bind(key_name)
                      .Bind(std::span<const std::uint8_t>(hash))
                      .StepToEnd()
                : Fail(select.error());
}

Result<bool> Vault::IsPastCode(const Username& username, const SecretBytes& code) {
  auto keys = database_.Prepare("SELECT DISTINCT key FROM past_recovery_codes WHERE username = ?");
  auto find = database_.Prepare(
      "SELECT 1 FROM past_recovery_codes WHERE username = ? AND key = ? AND hash = ?");
  if (!keys || !find) {
    return Fail(keys ? find.error() : keys.error());
  }
  keys->Bind(username.text());
  for (;;) {
    const auto row = keys->Step();
    if (!row || !*row) {
      return row ? Result<bool>(false) : Fail(row.error());
    }
    const std::string key_name(keys->Text(0));
    const auto hash = HashRecoveryCode(username, key_name, code);
    if (!hash) {
      return Fail(hash.error());
    }
    const auto found = find->Reset()
                           .Bind(username.text())
                           .Bind(key_name)
                           .Bind(std::span<const std::uint8_t>(*hash))
                           .StepToEnd();
    if (!found || *found) {
      return found;
    }
  }
}

Result<std::int64_t> Vault::LastPastNumber() { return ReadNumber(kPastNumber, 0); }

Result<std::int64_t> Vault::NextPastNumber() {
  const auto last = LastPastNumber();
  if (!last) {
    return Fail(last.error());
  }
  const auto written = WriteNumber(kPastNumber, *last + 1);
  return written ? Result<std::int64_t>(*last + 1) : Fail(written.error());
}

// A bound for each user. What is dropped is noted: from then on it is not known of older backups.
Result<void> Vault::DropOldest(const Username& username, PastTable table) {
  const bool secrets = table == PastTable::kSecrets;
  auto last_kept = database_.Prepare(
      secrets ? "SELECT number FROM past_secrets WHERE username = ? ORDER BY number DESC"
                " LIMIT 1 OFFSET ?"
              : "SELECT number FROM past_recovery_codes WHERE username = ? ORDER BY number DESC"
                " LIMIT 1 OFFSET ?");
  if (!last_kept) {
    return Fail(last_kept.error());
  }
  const auto over = last_kept->Bind(username.text())
                        .Bind(static_cast<std::int64_t>(secrets ? kMaxPastSecrets : kMaxPastCodes))
                        .Step();
  if (!over || !*over) {
    return over ? Result<void>() : Fail(over.error());
  }
  const std::int64_t number = last_kept->Integer(0);
  auto erase = database_.Prepare(
      secrets ? "DELETE FROM past_secrets WHERE username = ? AND number <= ? RETURNING given_up"
              : "DELETE FROM past_recovery_codes WHERE username = ? AND number <= ?"
                " RETURNING given_up");
  if (!erase) {
    return Fail(erase.error());
  }
  erase->Bind(username.text()).Bind(number);
  std::int64_t dropped = 0;
  for (;;) {
    const auto row = erase->Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      break;
    }
    dropped = std::max(dropped, erase->Integer(0));
  }
  auto note = database_.Prepare(
      "INSERT INTO past_dropped (username, until, number) VALUES (?, ?, ?)"
      " ON CONFLICT (username) DO UPDATE SET until = MAX(until, excluded.until),"
      " number = MAX(number, excluded.number)");
  return note ? note->Bind(username.text()).Bind(dropped).Bind(number).Run() : Fail(note.error());
}

// Makes sure that no other device of the user's makes the same codes, and finds from where on those
// of the secret are unused.
Result<Vault::KnownUse> Vault::MakePlaceFor(const NewSecret& secret) {
  KnownUse use{secret.first_step, secret.counter};
  if (secret.kind == DeviceKind::kRecoveryCodes) {
    return use;
  }
  const auto rows = ReadSecrets(secret.username);
  if (!rows) {
    return Fail(rows.error());
  }
  for (const SecretRow& row : *rows) {
    if (row.device.device == secret.device) {
      if (const auto noted = NotePast(row); !noted) {
        return Fail(noted.error());
      }
    } else if (row.device.uid == secret.uid && MakeSameCodes(row.secret, secret.secret)) {
      return Fail(ErrorCode::kConflict,
                  "user " + secret.username.text() + ": " +
                      SameSecretText(secret.label, row.label) +
                      ", and a code would open a login by each: remove one of them");
    }
  }
  const auto past = FindPast(secret.username, secret.secret);
  if (!past) {
    return Fail(past.error());
  }
  for (const PastSecret& here : *past) {
    if (here.kind == DeviceKind::kHotp && secret.kind == DeviceKind::kHotp) {
      use.counter = std::max(use.counter, here.counter);
    }
    if (here.kind == DeviceKind::kTotp && secret.kind == DeviceKind::kTotp &&
        here.interval == secret.parameters.interval) {
      use.first_step = std::max(use.first_step, here.first_step);
    }
  }
  return use;
}

}  // namespace twofactor
