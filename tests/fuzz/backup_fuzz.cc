// The lines of a backup, and what is in a part once it is opened, are well-formed or refused.
#include <string_view>

#include "helperd/twofactord/backup/backup_contents.h"
#include "helperd/twofactord/backup/backup_header.h"
#include "helperd/twofactord/backup/backup_writer.h"
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace twofactor;
  const void* const start = data;
  const std::string_view text(static_cast<const char*>(start), size);
  if (const auto header = ParseBackupHeader(text)) {
    Claim(ToLine(*header) == text);
    Claim(header->kdf.WithinBounds());
  }
  if (const auto chunk = BackupChunk::Parse(text)) {
    Claim(chunk->ToLine() == text);
  }
  const SecretBytes key(VaultKey::kBytes);
  const std::string id = "00000000000000000000000000000000";
  if (const auto contents = ParseBackupContents(text, {key, id})) {
    for (const BackedUpUser& user : contents->users) {
      Claim(user.devices.size() <= kMaxDevices);
      for (const BackedUpDevice& device : user.devices) {
        Claim(device.parameters.Valid() && device.device < kMaxDevices);
        Claim(!device.secret.empty() && device.secret.size() <= kMaxSecretBytes);
      }
    }
  }
  return 0;
}
