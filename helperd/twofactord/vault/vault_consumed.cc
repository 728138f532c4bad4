#include <openssl/rand.h>

#include <utility>

#include "helperd/twofactord/vault/keyed_hash.h"
#include "helperd/twofactord/vault/recovery_key.h"
#include "helperd/twofactord/vault/sealing.h"
#include "helperd/twofactord/vault/vault.h"
#include "helperd/twofactord/vault/vault_rows.h"

// What the vault itself consumes: HOTP counters and recovery codes. Each is used up by the
// transaction that finds it, so it is durable before anybody is told, and found once.
namespace twofactor {

// An HOTP device as a try meets it.
struct Vault::HotpState {
  bool found;
  OtpParameters parameters;
  HotpCounter counter;
  SecretBytes secret;
};

Result<Vault::HotpState> Vault::ReadHotp(const Username& username, uid_t uid,
                                         std::uint32_t device) {
  auto select = database_.Prepare(std::string(rows::kSelectDevices) +
                                  " WHERE username = ? AND device = ? AND uid = ? AND kind = ?");
  if (!select) {
    return Fail(select.error());
  }
  const auto row = select->Bind(username.text())
                       .Bind(std::int64_t{device})
                       .Bind(std::int64_t{uid})
                       .Bind(static_cast<std::int64_t>(DeviceKind::kHotp))
                       .Step();
  if (!row) {
    return Fail(row.error());
  }
  if (!*row) {
    return HotpState{false, {}, 0, SecretBytes(kNewSecretBytes)};
  }
  auto opened = rows::Open(*select, keys_);
  if (!opened) {
    return Fail(opened.error());
  }
  return HotpState{true, opened->device.parameters, rows::CounterOf(*select),
                   std::move(opened->secret)};
}

Result<void> Vault::WriteCounter(const Username& username, std::uint32_t device, HotpCounter next) {
  auto update =
      database_.Prepare("UPDATE devices SET counter = ? WHERE username = ? AND device = ?");
  return update ? update->Bind(static_cast<std::int64_t>(next))
                      .Bind(username.text())
                      .Bind(std::int64_t{device})
                      .Run()
                : Fail(update.error());
}

Result<bool> Vault::ConsumeHotp(const Username& username, uid_t uid, std::uint32_t device,
                                const TypedCode& typed, int look_ahead) {
  const auto state = ReadHotp(username, uid, device);
  if (!state) {
    return Fail(state.error());
  }
  const auto match = MatchHotp(state->secret, state->parameters, state->counter, look_ahead,
                               typed.OfLength(state->parameters.digits));
  if (!match) {
    return Fail(match.error());
  }
  if (!*match || !state->found) {
    return false;
  }
  const auto written = WriteCounter(username, device, **match + 1);
  return written ? Result<bool>(true) : Fail(written.error());
}

Result<bool> Vault::ResyncHotp(const Username& username, uid_t uid, std::uint32_t device,
                               const SecretBytes& first, const SecretBytes& second) {
  const auto state = ReadHotp(username, uid, device);
  if (!state) {
    return Fail(state.error());
  }
  const auto match = MatchTwoHotp(state->secret, state->parameters, state->counter,
                                  kHotpResyncReach, first, second);
  if (!match) {
    return Fail(match.error());
  }
  if (!*match || !state->found) {
    return false;
  }
  const auto written = WriteCounter(username, device, **match + 2);
  return written ? Result<bool>(true) : Fail(written.error());
}

Result<std::optional<SecretBytes>> Vault::FindSealedKey(const std::string& name) {
  auto select = database_.Prepare("SELECT sealed FROM sealed_keys WHERE name = ?");
  if (!select) {
    return Fail(select.error());
  }
  const auto row = select->Bind(name).Step();
  if (!row || !*row) {
    return row ? Result<std::optional<SecretBytes>>(std::nullopt) : Fail(row.error());
  }
  auto key = Unseal(keys_, RecoveryKeyIdentity(name), select->Blob(0));
  return key ? Result<std::optional<SecretBytes>>(std::move(*key)) : Fail(key.error());
}

Result<void> Vault::PutSealedKey(const std::string& name, const SecretBytes& key) {
  const auto sealed = Seal(keys_, RecoveryKeyIdentity(name), key);
  if (!sealed) {
    return Fail(sealed.error());
  }
  auto insert = database_.Prepare("INSERT INTO sealed_keys (name, sealed) VALUES (?, ?)");
  return insert ? insert->Bind(name).Bind(std::span<const std::uint8_t>(sealed->bytes)).Run()
                : Fail(insert.error());
}

// All codes of a user are of one key.
Result<std::string> Vault::RecoveryKeyNameOf(const Username& username) {
  auto select = database_.Prepare("SELECT key FROM recovery_codes WHERE username = ? LIMIT 1");
  if (!select) {
    return Fail(select.error());
  }
  const auto row = select->Bind(username.text()).Step();
  if (!row) {
    return Fail(row.error());
  }
  return std::string(*row ? select->Text(0) : kOwnRecoveryKey);
}

Result<SecretBytes> Vault::RecoveryKey(const std::string& name) {
  auto found = FindSealedKey(name);
  if (!found) {
    return Fail(found.error());
  }
  if (*found) {
    return std::move(**found);
  }
  return name == kOwnRecoveryKey
             ? MakeOwnKey(name)
             : Fail(ErrorCode::kCorrupt, "the vault lacks a key of its recovery codes");
}

Result<SecretBytes> Vault::OwnKey(std::string_view name) {
  auto found = FindSealedKey(std::string(name));
  if (!found) {
    return Fail(found.error());
  }
  return *found ? Result<SecretBytes>(std::move(**found)) : MakeOwnKey(std::string(name));
}

Result<SecretBytes> Vault::MakeOwnKey(const std::string& name) {
  SecretBytes key(kRecoveryKeyBytes);
  if (RAND_priv_bytes(key.mutable_bytes().data(), static_cast<int>(key.size())) != 1) {
    return Fail(ErrorCode::kInternal, "get random bytes for a key");
  }
  // Read-only, there is no code of it: the same work is done for nothing.
  const auto written = read_only_because_.empty() ? PutSealedKey(name, key) : Result<void>();
  return written ? Result<SecretBytes>(std::move(key)) : Fail(written.error());
}

Result<RecoveryHash> Vault::HashRecoveryCode(const Username& username, const std::string& key_name,
                                             const SecretBytes& code) {
  const auto key = RecoveryKey(key_name);
  if (!key) {
    return Fail(key.error());
  }
  return KeyedHash(*key, SealIdentity("twofactor recovery code").Add(username.text()), code);
}

Result<void> Vault::ForgetRecoveryCodes(const Username& username) {
  auto erase = database_.Prepare("DELETE FROM recovery_codes WHERE username = ?");
  return erase ? erase->Bind(username.text()).Run() : Fail(erase.error());
}

Result<PublishedDevice> Vault::PutRecoveryCodes(const Username& username, uid_t uid, WallTime now,
                                                const std::vector<SecretBytes>& codes) {
  if (const auto noted = NoteReplacedCodes(username); !noted) {
    return Fail(noted.error());
  }
  if (const auto forgotten = ForgetRecoveryCodes(username); !forgotten) {
    return Fail(forgotten.error());
  }
  for (const SecretBytes& code : codes) {
    const auto hash = HashRecoveryCode(username, std::string(kOwnRecoveryKey), code);
    if (!hash) {
      return Fail(hash.error());
    }
    auto insert =
        database_.Prepare("INSERT OR IGNORE INTO recovery_codes (username, hash) VALUES (?, ?)");
    if (!insert) {
      return Fail(insert.error());
    }
    const auto written =
        insert->Bind(username.text()).Bind(std::span<const std::uint8_t>(*hash)).Run();
    if (!written) {
      return Fail(written.error());
    }
  }
  return PutSecret({.username = username,
                    .uid = uid,
                    .device = kRecoveryDevice,
                    .parameters = {},
                    .created = now,
                    .secret = {},
                    .kind = DeviceKind::kRecoveryCodes,
                    .label = {}});
}

Result<std::optional<std::uint64_t>> Vault::ConsumeRecoveryCode(const Username& username, uid_t uid,
                                                                const SecretBytes& code) {
  const auto key_name = RecoveryKeyNameOf(username);
  if (!key_name) {
    return Fail(key_name.error());
  }
  const auto hash = HashRecoveryCode(username, *key_name, code);
  if (!hash) {
    return Fail(hash.error());
  }
  auto erase = database_.Prepare(
      "DELETE FROM recovery_codes WHERE username = ? AND hash = ? AND EXISTS"
      " (SELECT 1 FROM devices WHERE username = ? AND device = ? AND uid = ?) RETURNING hash");
  if (!erase) {
    return Fail(erase.error());
  }
  const auto erased = erase->Bind(username.text())
                          .Bind(std::span<const std::uint8_t>(*hash))
                          .Bind(username.text())
                          .Bind(std::int64_t{kRecoveryDevice})
                          .Bind(std::int64_t{uid})
                          .StepToEnd();
  if (!erased || !*erased) {
    return erased ? Result<std::optional<std::uint64_t>>(std::nullopt) : Fail(erased.error());
  }
  if (const auto noted = NotePastCode(username, *key_name, *hash); !noted) {
    return Fail(noted.error());
  }
  const auto left = CountRecoveryCodes(username);
  return left ? Result<std::optional<std::uint64_t>>(*left) : Fail(left.error());
}

Result<std::uint64_t> Vault::CountRecoveryCodes(const Username& username) {
  auto select = database_.Prepare("SELECT COUNT(*) FROM recovery_codes WHERE username = ?");
  if (!select) {
    return Fail(select.error());
  }
  const auto row = select->Bind(username.text()).Step();
  return row ? Result<std::uint64_t>(static_cast<std::uint64_t>(select->Integer(0)))
             : Fail(row.error());
}

}  // namespace twofactor
