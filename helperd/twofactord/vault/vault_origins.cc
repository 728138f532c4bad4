#include <openssl/rand.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "helperd/twofactord/vault/vault.h"

// From where users logged in before. A row is a keyed hash of its user and the origin: whoever may
// write the file without the key can take an origin away, and make none.
namespace twofactor {
namespace {

constexpr std::string_view kOriginKey = "origins";

}  // namespace

Result<SipHashKey> Vault::LoadOriginKey() {
  const auto found = FindSealedKey(std::string(kOriginKey));
  if (!found) {
    return Fail(found.error());
  }
  SipHashKey key{};
  if (*found && (*found)->size() == sizeof key) {
    std::memcpy(key.data(), (*found)->bytes().data(), sizeof key);
    return key;
  }
  SecretBytes fresh(sizeof key);
  if (*found ||
      RAND_priv_bytes(fresh.mutable_bytes().data(), static_cast<int>(fresh.size())) != 1) {
    return Fail(ErrorCode::kInternal, "make the key of known origins");
  }
  if (const auto put = PutSealedKey(std::string(kOriginKey), fresh); !put) {
    return Fail(put.error());
  }
  std::memcpy(key.data(), fresh.bytes().data(), sizeof key);
  return key;
}

Result<void> Vault::LoadOrigins(std::span<PublishedDevice> devices) {
  for (PublishedDevice& device : devices) {
    const auto origins = ReadOrigins(device.username, device.uid);
    if (!origins) {
      return Fail(origins.error());
    }
    device.origins = *origins;
  }
  return {};
}

Result<KnownOrigins> Vault::ReadOrigins(const Username& username, uid_t uid) {
  auto select = database_.Prepare(
      "SELECT hash, day FROM known_origins WHERE username = ? AND uid = ? LIMIT ?");
  if (!select) {
    return Fail(select.error());
  }
  select->Bind(username.text())
      .Bind(std::int64_t{uid})
      .Bind(static_cast<std::int64_t>(kMaxKnownOrigins));
  KnownOrigins origins{};
  for (KnownOrigin& origin : origins) {
    const auto row = select->Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      break;
    }
    constexpr std::int64_t kLastDay = std::numeric_limits<std::uint32_t>::max() - 1;
    origin = {static_cast<std::uint64_t>(select->Integer(0)),
              static_cast<std::uint32_t>(std::clamp<std::int64_t>(select->Integer(1), 0, kLastDay)),
              0};
  }
  return origins;
}

Result<KnownOrigins> Vault::NoteOrigin(const Username& username, uid_t uid, std::uint64_t hash,
                                       std::uint32_t today) {
  auto put = database_.Prepare(
      "INSERT OR REPLACE INTO known_origins (username, uid, hash, day)"
      " SELECT ?1, ?2, ?3, ?4 WHERE EXISTS"
      " (SELECT 1 FROM devices WHERE username = ?1 AND uid = ?2)");
  if (!put) {
    return Fail(put.error());
  }
  const auto written = put->Bind(username.text())
                           .Bind(std::int64_t{uid})
                           .Bind(static_cast<std::int64_t>(hash))
                           .Bind(std::int64_t{today})
                           .Run();
  // Days to come rest on a clock that was wrong: they go first.
  auto erase = database_.Prepare(
      "DELETE FROM known_origins WHERE username = ?1 AND uid = ?2 AND hash NOT IN"
      " (SELECT hash FROM known_origins WHERE username = ?1 AND uid = ?2"
      "  ORDER BY hash = ?3 DESC, day > ?4 + 1, day DESC LIMIT ?5)");
  if (!written || !erase) {
    return Fail(written ? erase.error() : written.error());
  }
  const auto erased = erase->Bind(username.text())
                          .Bind(std::int64_t{uid})
                          .Bind(static_cast<std::int64_t>(hash))
                          .Bind(std::int64_t{today})
                          .Bind(static_cast<std::int64_t>(kMaxKnownOrigins))
                          .Run();
  return erased ? ReadOrigins(username, uid) : Fail(erased.error());
}

Result<void> Vault::ForgetOrigins(const Username& username) {
  auto erase = database_.Prepare("DELETE FROM known_origins WHERE username = ?");
  return erase ? erase->Bind(username.text()).Run() : Fail(erase.error());
}

}  // namespace twofactor
