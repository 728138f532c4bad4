#ifndef TWOFACTOR_CLI_IMPORT_UPLOAD_H_
#define TWOFACTOR_CLI_IMPORT_UPLOAD_H_

#include <cstddef>
#include <functional>
#include <nlohmann/json_fwd.hpp>

#include "cli/import/report.h"
#include "common/base/result.h"

namespace twofactor {

// One call of user.import_2fa_devices has at most this many entries, and at most this many bytes of
// them: the daemon reads messages of 64 KiB (twofactor-api(7)).
inline constexpr std::size_t kMaxEntriesPerCall = 500;
inline constexpr std::size_t kMaxBytesPerCall = 60UL * 1024;

// Makes the call with these parameters.
using CallImport = std::function<Result<nlohmann::json>(const nlohmann::json& params)>;
// Is told how many of the users are done, and of how many.
using TellProgress = std::function<void(std::size_t done, std::size_t of)>;

struct UploadOptions {
  bool dry_run = false;
  bool replace = false;
};

// Sends every row that is known to the system and not refused, in their order, as few calls as
// possible, and notes the outcome in each. At the first call that fails it stops, with that error:
// the rows of that call are kUnknown where they may be done, and the rows behind stay kNotSent.
// Secrets are wiped as they were sent.
Result<void> Upload(ImportRows& rows, const UploadOptions& options, const CallImport& call,
                    const TellProgress& tell);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_UPLOAD_H_
