#ifndef TWOFACTOR_TESTS_UNIT_BACKUP_BACKUP_FIXTURE_H_
#define TWOFACTOR_TESTS_UNIT_BACKUP_BACKUP_FIXTURE_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "helperd/twofactord/backup/backup_reader.h"
#include "helperd/twofactord/backup/backup_writer.h"

namespace twofactor {

inline constexpr const char* kPassphrase = "correct horse battery staple";

inline SecretBytes Passphrase(const char* text = kPassphrase) { return SecretBytes::CopyOf(text); }

// The least work that is read, so that tests with many keys are quick.
inline BackupHeader QuickHeader(std::uint64_t users) {
  auto header = NewBackupHeader(NewBackupId().value(),
                                WallTime(std::chrono::seconds(1'800'000'000)), "host", users);
  header->kdf.n = 1U << 15U;
  header->kdf.p = 1;
  return std::move(*header);
}

// A user with a device of each kind and recovery codes.
inline BackedUpUser UserOfEveryKind(const std::string& name) {
  const WallTime created(std::chrono::seconds(1'700'000'000));
  BackedUpUser user{Username::Parse(name).value(), 1000, {}, {}, {}};
  user.devices.push_back({.device = 0,
                          .kind = DeviceKind::kTotp,
                          .parameters = {OtpAlgorithm::kSha512, 8, std::chrono::seconds(60)},
                          .created = created,
                          .label = "phone ☎",
                          .skew = -3,
                          .first_step = 77,
                          .counter = 0,
                          .secret = SecretBytes::CopyOf("totp secret of " + name)});
  user.devices.push_back({.device = 7,
                          .kind = DeviceKind::kHotp,
                          .parameters = {},
                          .created = created,
                          .label = "",
                          .skew = 0,
                          .first_step = 0,
                          .counter = 4711,
                          .secret = SecretBytes::CopyOf("hotp secret of " + name)});
  user.recovery_codes =
      BackedUpRecoveryCodes{created, "the key", {RecoveryHash(32, 1), RecoveryHash(32, 2)}};
  user.first_asked = created;
  return user;
}

inline std::map<std::string, SecretBytes> RecoveryKeys() {
  std::map<std::string, SecretBytes> keys;
  keys.emplace("the key", SecretBytes::CopyOf("0123456789abcdef0123456789abcdef"));
  return keys;
}

// The lines of a backup of these users, one a chunk, and an empty last one.
inline std::vector<std::string> LinesOf(const std::vector<std::string>& names) {
  auto writer = BackupWriter::Begin(QuickHeader(names.size()), Passphrase());
  std::vector<std::string> lines = {ToLine(writer->header())};
  for (const std::string& name : names) {
    static_cast<void>(writer->Add(UserOfEveryKind(name), RecoveryKeys()));
    lines.push_back(writer->Finish(nullptr).value());
  }
  const VaultSettings settings{.enabled = true, .ssh = false, .window = 2};
  lines.push_back(writer->Finish(&settings).value());
  return lines;
}

inline Result<BackupReader> Open(const std::string& header, const char* passphrase = kPassphrase) {
  auto parsed = ParseBackupHeader(header);
  return parsed ? BackupReader::Begin(std::move(*parsed), Passphrase(passphrase))
                : Fail(parsed.error());
}

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_UNIT_BACKUP_BACKUP_FIXTURE_H_
