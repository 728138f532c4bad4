#include "helperd/twofactord/backup/backup_writer.h"

#include "helperd/messages/shape.h"
#include "helperd/twofactord/backup/base64.h"
#include "helperd/twofactord/vault/sealing.h"

namespace twofactor {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

const Shape& ChunkShape() {
  constexpr bool kRequired = true;
  static const Shape shape =
      Shape::Object({{"chunk", "", Shape::Integer({.least = 0}), kRequired},
                     {"last", "", Shape::Boolean(), kRequired},
                     {"sealed", "", Shape::String({.least = 1}), kRequired}});
  return shape;
}

}  // namespace

std::string BackupChunk::ToLine() const {
  return ordered_json{{"chunk", number}, {"last", last}, {"sealed", EncodeBase64(sealed)}}.dump();
}

Result<BackupChunk> BackupChunk::Parse(std::string_view line) {
  const Error changed(ErrorCode::kCorrupt, "this is no part of a backup, or it was changed");
  const json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
  std::vector<Fault> faults;
  ChunkShape().Check(object, "", faults);
  if (!faults.empty()) {
    return Fail(changed);
  }
  auto sealed = DecodeBase64(object["sealed"].get_ref<const std::string&>());
  if (!sealed) {
    return Fail(changed);
  }
  BackupChunk chunk{object["chunk"], object["last"], std::move(*sealed)};
  return chunk.ToLine() == line ? Result<BackupChunk>(std::move(chunk)) : Fail(changed);
}

SealIdentity ChunkIdentity(const BackupHeader& header, std::uint64_t number, bool last) {
  return SealIdentity("twofactor backup chunk")
      .Add(AuthenticatedPart(header))
      .Add(number)
      .Add(last ? 1 : 0);
}

SealIdentity HeaderIdentity(const BackupHeader& header) {
  return SealIdentity("twofactor backup header").Add(AuthenticatedPart(header));
}

Result<BackupWriter> BackupWriter::Begin(BackupHeader header, const SecretBytes& passphrase) {
  auto key = DeriveBackupKey(passphrase, header.kdf);
  if (!key) {
    return Fail(key.error());
  }
  auto check = SealWith(key->bytes(), HeaderIdentity(header), SecretBytes(1));
  if (!check) {
    return Fail(check.error());
  }
  header.check = std::move(check->bytes);
  return BackupWriter(std::move(header), std::move(*key));
}

Result<void> BackupWriter::Add(const BackedUpUser& user,
                               const std::map<std::string, SecretBytes>& recovery_keys) {
  auto object = ToJson(user, seal());
  if (!object) {
    return Fail(object.error());
  }
  if (user.recovery_codes && !user.recovery_codes->hashes.empty()) {
    const std::string& id = user.recovery_codes->key_id;
    auto key = ToJson(id, recovery_keys.at(id), seal());
    if (!key) {
      return Fail(key.error());
    }
    keys_[id] = std::move(*key);
  }
  bytes_ += object->dump(-1, ' ', false, json::error_handler_t::replace).size();
  users_.push_back(std::move(*object));
  return {};
}

Result<std::string> BackupWriter::Finish(const VaultSettings* settings) {
  const bool last = settings != nullptr;
  json contents = {{"keys", std::exchange(keys_, json::object())},
                   {"users", std::exchange(users_, json::array())}};
  if (last) {
    contents["settings"] = ToJson(*settings);
  }
  bytes_ = 0;
  const auto text =
      SecretBytes::CopyOf(contents.dump(-1, ' ', false, json::error_handler_t::replace));
  auto sealed = SealWith(key_.bytes(), ChunkIdentity(header_, next_, last), text);
  if (!sealed) {
    return Fail(sealed.error());
  }
  return BackupChunk{next_++, last, std::move(sealed->bytes)}.ToLine();
}

}  // namespace twofactor
