#include "helperd/twofactord/backup/backup_header.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "helperd/messages/shape.h"
#include "helperd/twofactord/backup/base64.h"

namespace twofactor {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr const char* kFormatKey = "twofactor_backup";
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kIdDigits = 2 * kIdBytes;
constexpr std::size_t kMaxHostCharacters = 255;
constexpr std::size_t kMaxBase64Characters = 128;
constexpr std::int64_t kMostUsers = std::int64_t{1} << 32;

const Shape& HeaderShape() {
  constexpr bool kRequired = true;
  const Shape number = Shape::Integer({.least = 1, .most = std::int64_t{1} << 32});
  const Shape base64 = Shape::String({.most = kMaxBase64Characters});
  static const Shape shape = Shape::Object(
      {{kFormatKey, "", Shape::Integer({.least = 1, .most = kBackupFormat}), kRequired},
       {"id", "", Shape::String({.least = kIdDigits, .most = kIdDigits}), kRequired},
       {"created", "", Shape::Integer({.least = 0}), kRequired},
       {"host", "", Shape::String({.most = kMaxHostCharacters}), kRequired},
       {"users", "", Shape::Integer({.least = 0, .most = kMostUsers}), kRequired},
       {"kdf", "",
        Shape::Object({{"name", "", Shape::Constant("scrypt"), kRequired},
                       {"n", "", number, kRequired},
                       {"r", "", number, kRequired},
                       {"p", "", number, kRequired},
                       {"salt", "", base64, kRequired}}),
        kRequired},
       {"check", "", base64, kRequired}});
  return shape;
}

ordered_json WithoutCheck(const BackupHeader& header) {
  return {{kFormatKey, kBackupFormat},
          {"id", header.id},
          {"created", header.created.time_since_epoch().count()},
          {"host", header.host},
          {"users", header.users},
          {"kdf",
           {{"name", "scrypt"},
            {"n", header.kdf.n},
            {"r", header.kdf.r},
            {"p", header.kdf.p},
            {"salt", EncodeBase64(header.kdf.salt)}}}};
}

std::string Text(const ordered_json& object) {
  return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

Error NoHeader() {
  return Error(ErrorCode::kCorrupt,
               "this is no backup of twofactor, or its first line was changed");
}

}  // namespace

Result<std::string> NewBackupId() {
  std::array<std::uint8_t, kIdBytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return Fail(ErrorCode::kInternal, "get random bytes for a backup");
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id;
  for (const std::uint8_t byte : bytes) {
    id += kDigits[byte >> 4U];
    id += kDigits[byte & 0xFU];
  }
  return id;
}

Result<BackupHeader> NewBackupHeader(std::string id, WallTime created, std::string host,
                                     std::uint64_t users) {
  auto kdf = NewBackupKdf();
  if (!kdf) {
    return Fail(kdf.error());
  }
  host.resize(std::min(host.size(), kMaxHostCharacters));
  return BackupHeader{std::move(id), created, std::move(host), users, std::move(*kdf), {}};
}

std::string ToLine(const BackupHeader& header) {
  ordered_json object = WithoutCheck(header);
  object["check"] = EncodeBase64(header.check);
  return Text(object);
}

std::string AuthenticatedPart(const BackupHeader& header) { return Text(WithoutCheck(header)); }

Result<BackupHeader> ParseBackupHeader(std::string_view line) {
  if (line.size() > kMaxHeaderBytes) {
    return Fail(NoHeader());
  }
  const json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object() || !object.contains(kFormatKey) ||
      !object[kFormatKey].is_number_integer()) {
    return Fail(NoHeader());
  }
  if (object[kFormatKey] > kBackupFormat) {
    return Fail(ErrorCode::kUnknownVersion,
                "this backup was written by a newer twofactor (its format is " +
                    object[kFormatKey].dump() + ", this one reads " +
                    std::to_string(kBackupFormat) + "): restore it with that version");
  }
  std::vector<Fault> faults;
  HeaderShape().Check(object, "", faults);
  if (!faults.empty()) {
    return Fail(NoHeader());
  }
  const json& kdf = object["kdf"];
  auto salt = DecodeBase64(kdf["salt"].get_ref<const std::string&>());
  auto check = DecodeBase64(object["check"].get_ref<const std::string&>());
  if (!salt || !check) {
    return Fail(NoHeader());
  }
  BackupHeader header{
      .id = object["id"],
      .created = WallTime(std::chrono::seconds(object["created"].get<std::int64_t>())),
      .host = object["host"],
      .users = object["users"],
      .kdf = {.n = kdf["n"], .r = kdf["r"], .p = kdf["p"], .salt = std::move(*salt)},
      .check = std::move(*check)};
  if (ToLine(header) != line) {
    return Fail(NoHeader());
  }
  if (!header.kdf.WithinBounds()) {
    return Fail(ErrorCode::kCorrupt,
                "the backup asks for more work, or for less, than twofactor ever writes into one:"
                " its first line was changed");
  }
  return header;
}

}  // namespace twofactor
