#ifndef TWOFACTOR_TESTS_FUZZ_IMPORT_CLAIMS_H_
#define TWOFACTOR_TESTS_FUZZ_IMPORT_CLAIMS_H_

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "cli/import/entry.h"
#include "cli/import/imported_user.h"
#include "cli/import/report.h"
#include "tests/fuzz/fuzz_target.h"

// What holds of everything that an importer lets through.
namespace twofactor {

inline std::string_view TextOf(const std::uint8_t* data, std::size_t size) {
  const void* const bytes = data;
  return {static_cast<const char*>(bytes), size};
}

inline ImportContext FuzzContext(const char* user = "") {
  return {WallTime(std::chrono::seconds(1718452800)), user, "nas1"};
}

inline void ClaimDevice(const ImportedDevice& device, WallTime now) {
  Claim(!device.secret.empty() && device.secret.size() <= kMaxSecretBytes);
  Claim(device.parameters.Valid());
  Claim(device.counter <= kMaxHotpCounter);
  Claim(device.skew >= -kMaxSkew && device.skew <= kMaxSkew);
  Claim(!device.label.empty() && device.label.size() <= kMaxLabelBytes);
  // No file keeps codes back for longer than some days.
  Claim(StartOf(device.first_step, device.parameters.interval) < now + std::chrono::hours{96});
}

inline void ClaimUsers(const Result<ImportedUsers>& users) {
  if (!users) {
    Claim(!users.error().message().empty());
    return;
  }
  Claim(!users->empty());
  for (const ImportedUser& user : *users) {
    Claim(!user.name.empty());
    if (!user.refusals.empty()) {
      continue;
    }
    Claim(!user.devices.empty() && user.devices.size() <= kMaxDevices);
    for (const ImportedDevice& device : user.devices) {
      ClaimDevice(device, FuzzContext().now);
    }
    const auto entry = EntryOf(user, Account{"alice", 1000, 1000, "/"});
    // dump() throws where a text is no UTF-8, which the daemon would refuse.
    Claim(entry && !entry->dump().empty());
  }
}

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_FUZZ_IMPORT_CLAIMS_H_
