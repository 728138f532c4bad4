#include "helperd/twofactord/backup/backup_contents.h"

#include <set>
#include <utility>

#include "helperd/messages/described_fields.h"
#include "helperd/messages/shape.h"
#include "helperd/twofactord/backup/base64.h"
#include "helperd/twofactord/vault/recovery_key.h"
#include "helperd/twofactord/vault/sealing.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr std::size_t kHashBytes = 32;

Shape Text(std::size_t least, std::size_t most) {
  return Shape::String({.least = least, .most = most, .rule = &kNoNulRule});
}

Shape Number(std::int64_t least, std::int64_t most) {
  return Shape::Integer({.least = least, .most = most});
}

Shape DeviceShape() {
  constexpr bool kRequired = true;
  constexpr std::size_t kMaxSealedCharacters = 256;
  return Shape::Object(
      {{"id", "", Number(0, kMaxDevices - 1), kRequired},
       {"type", "", Shape::Enum({"TOTP", "HOTP"}), kRequired},
       {"label", "", Shape::String({.most = kMaxLabelCharacters, .rule = &kNoControlsRule}),
        kRequired},
       {"algorithm", "", Shape::Enum({"SHA1", "SHA256", "SHA512"}), kRequired},
       {"otp_digits", "", Number(kMinDigits, kMaxDigits), kRequired},
       {"interval", "", Number(kMinInterval.count(), kMaxInterval.count()), kRequired},
       {"created", "", Shape::Integer({.least = 0}), kRequired},
       {"skew", "", Number(-kMaxSkew, kMaxSkew), kRequired},
       {"first_step", "", Number(0, kMaxTimeStep), kRequired},
       {"counter", "", Number(0, static_cast<std::int64_t>(kMaxHotpCounter)), kRequired},
       {"secret", "", Text(1, kMaxSealedCharacters), kRequired}});
}

const Shape& ContentsShape() {
  constexpr bool kRequired = true;
  constexpr std::size_t kMaxHashes = 1000;
  const Shape base64 = Text(1, 128);
  const Shape codes = Shape::Object({{"created", "", Shape::Integer({.least = 0}), kRequired},
                                     {"key", "", Text(0, 64), kRequired},
                                     {"hashes", "", Shape::Array(base64, kMaxHashes), kRequired}});
  const Shape user =
      Shape::Object({{"username", "", Text(1, Username::kMaxBytes), kRequired},
                     {"uid", "", Number(0, kMaxUid), kRequired},
                     {"devices", "", Shape::Array(DeviceShape(), kMaxDevices), kRequired},
                     {"recovery_codes", "", codes},
                     {"first_asked", "", Shape::Integer({.least = 0})}});
  const Shape settings = Shape::Object({{"enabled", "", Shape::Boolean(), kRequired},
                                        {"ssh", "", Shape::Boolean(), kRequired},
                                        {"window", "", Number(0, kMaxWindow), kRequired}});
  static const Shape shape = Shape::Object({{"keys", "", Shape::Map(base64), kRequired},
                                            {"users", "", Shape::Array(user), kRequired},
                                            {"settings", "", settings}});
  return shape;
}

Error NotAsItShouldBe() {
  return Error(ErrorCode::kCorrupt, "a part of the backup is not as it should be");
}

std::int64_t Seconds(WallTime time) { return time.time_since_epoch().count(); }
WallTime TimeAt(const json& object, const char* key) {
  return WallTime(std::chrono::seconds(object[key].get<std::int64_t>()));
}

SealIdentity IdentityOf(const BackupSeal& seal, const std::string& username, uid_t uid,
                        const BackedUpDevice& device) {
  return SealIdentity("twofactor backup secret")
      .Add(seal.id)
      .Add(username)
      .Add(uid)
      .Add(device.device)
      .Add(static_cast<std::uint64_t>(device.kind))
      .Add(static_cast<std::uint64_t>(device.parameters.algorithm))
      .Add(static_cast<std::uint64_t>(device.parameters.digits))
      .Add(static_cast<std::uint64_t>(device.parameters.interval.count()));
}

SealIdentity IdentityOf(const BackupSeal& seal, const std::string& key_id) {
  return SealIdentity("twofactor backup recovery key").Add(seal.id).Add(key_id);
}

Result<SecretBytes> OpenSecret(const json& text, const SealIdentity& identity,
                               const BackupSeal& seal) {
  const auto sealed = DecodeBase64(text.get_ref<const std::string&>());
  return sealed ? UnsealWith(seal.key, identity, *sealed) : Fail(NotAsItShouldBe());
}

Result<json> DeviceJson(const BackedUpUser& user, const BackedUpDevice& device,
                        const BackupSeal& seal) {
  const auto sealed =
      SealWith(seal.key, IdentityOf(seal, user.username.text(), user.uid, device), device.secret);
  if (!sealed) {
    return Fail(sealed.error());
  }
  return json{{"id", device.device},
              {"type", NameOf(device.kind)},
              {"label", device.label},
              {"algorithm", AlgorithmName(device.parameters.algorithm)},
              {"otp_digits", device.parameters.digits},
              {"interval", device.parameters.interval.count()},
              {"created", Seconds(device.created)},
              {"skew", device.skew},
              {"first_step", device.first_step},
              {"counter", device.counter},
              {"secret", EncodeBase64(sealed->bytes)}};
}

Result<BackedUpDevice> ParseDevice(const json& given, const BackedUpUser& user,
                                   const BackupSeal& seal) {
  BackedUpDevice device{
      .device = given["id"],
      .kind = *DeviceKindNamed(given["type"].get_ref<const std::string&>()),
      .parameters = {*AlgorithmNamed(given["algorithm"].get_ref<const std::string&>()),
                     given["otp_digits"], std::chrono::seconds(given["interval"].get<int>())},
      .created = TimeAt(given, "created"),
      .label = given["label"],
      .skew = given["skew"],
      .first_step = given["first_step"],
      .counter = given["counter"],
      .secret = {}};
  auto secret =
      OpenSecret(given["secret"], IdentityOf(seal, user.username.text(), user.uid, device), seal);
  if (!secret) {
    return Fail(secret.error());
  }
  if (secret->empty() || secret->size() > kMaxSecretBytes) {
    return Fail(NotAsItShouldBe());
  }
  device.secret = std::move(*secret);
  return device;
}

Result<BackedUpRecoveryCodes> ParseRecoveryCodes(const json& given) {
  BackedUpRecoveryCodes codes{TimeAt(given, "created"), given["key"], {}};
  for (const json& one : given["hashes"]) {
    auto hash = DecodeBase64(one.get_ref<const std::string&>());
    if (!hash || hash->size() != kHashBytes) {
      return Fail(NotAsItShouldBe());
    }
    codes.hashes.push_back(std::move(*hash));
  }
  return codes;
}

Result<BackedUpUser> ParseUser(const json& given, const BackupSeal& seal) {
  auto name = Username::Parse(given["username"].get_ref<const std::string&>());
  if (!name) {
    return Fail(NotAsItShouldBe());
  }
  BackedUpUser user{std::move(*name), given["uid"], {}, {}, {}};
  std::set<std::uint32_t> ordinals;
  for (const json& one : given["devices"]) {
    auto device = ParseDevice(one, user, seal);
    if (!device) {
      return Fail(device.error());
    }
    if (!ordinals.insert(device->device).second) {
      return Fail(NotAsItShouldBe());
    }
    user.devices.push_back(std::move(*device));
  }
  if (given.contains("recovery_codes")) {
    auto codes = ParseRecoveryCodes(given["recovery_codes"]);
    if (!codes) {
      return Fail(codes.error());
    }
    user.recovery_codes = std::move(*codes);
  }
  if (given.contains("first_asked")) {
    user.first_asked = TimeAt(given, "first_asked");
  }
  return user;
}

Result<void> ParseKeys(const json& given, const BackupSeal& seal, BackupContents& contents) {
  for (const auto& [id, sealed] : given.items()) {
    auto key = OpenSecret(sealed, IdentityOf(seal, id), seal);
    if (!key) {
      return Fail(key.error());
    }
    if (key->size() != kRecoveryKeyBytes) {
      return Fail(NotAsItShouldBe());
    }
    contents.recovery_keys.insert_or_assign(id, std::move(*key));
  }
  return {};
}

// A user's codes are good for nothing without the key that they are hashed with.
bool HasKeyOf(const BackupContents& contents, const BackedUpUser& user) {
  return !user.recovery_codes || user.recovery_codes->hashes.empty() ||
         contents.recovery_keys.count(user.recovery_codes->key_id) > 0;
}

}  // namespace

Result<json> ToJson(const BackedUpUser& user, const BackupSeal& seal) {
  json object = {{"username", user.username.text()}, {"uid", user.uid}, {"devices", json::array()}};
  for (const BackedUpDevice& device : user.devices) {
    auto one = DeviceJson(user, device, seal);
    if (!one) {
      return Fail(one.error());
    }
    object["devices"].push_back(std::move(*one));
  }
  if (user.recovery_codes) {
    json hashes = json::array();
    for (const RecoveryHash& hash : user.recovery_codes->hashes) {
      hashes.push_back(EncodeBase64(hash));
    }
    object["recovery_codes"] = {{"created", Seconds(user.recovery_codes->created)},
                                {"key", user.recovery_codes->key_id},
                                {"hashes", std::move(hashes)}};
  }
  if (user.first_asked) {
    object["first_asked"] = Seconds(*user.first_asked);
  }
  return object;
}

Result<json> ToJson(const std::string& key_id, const SecretBytes& recovery_key,
                    const BackupSeal& seal) {
  const auto sealed = SealWith(seal.key, IdentityOf(seal, key_id), recovery_key);
  return sealed ? Result<json>(EncodeBase64(sealed->bytes)) : Fail(sealed.error());
}

json ToJson(const VaultSettings& settings) {
  return {{"enabled", settings.enabled}, {"ssh", settings.ssh}, {"window", settings.window}};
}

Result<BackupContents> ParseBackupContents(std::string_view text, const BackupSeal& seal) {
  const json object = json::parse(text, nullptr, /*allow_exceptions=*/false);
  std::vector<Fault> faults;
  ContentsShape().Check(object, "", faults);
  if (!faults.empty()) {
    return Fail(NotAsItShouldBe());
  }
  BackupContents contents;
  if (const auto keys = ParseKeys(object["keys"], seal, contents); !keys) {
    return Fail(keys.error());
  }
  for (const json& one : object["users"]) {
    auto user = ParseUser(one, seal);
    if (!user || !HasKeyOf(contents, *user)) {
      return Fail(user ? NotAsItShouldBe() : user.error());
    }
    contents.users.push_back(std::move(*user));
  }
  if (object.contains("settings")) {
    const json& settings = object["settings"];
    contents.settings = VaultSettings{settings["enabled"], settings["ssh"], settings["window"]};
  }
  return contents;
}

}  // namespace twofactor
