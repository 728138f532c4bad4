#ifndef TWOFACTOR_CLI_QR_FILE_H_
#define TWOFACTOR_CLI_QR_FILE_H_

#include <string>

#include "common/base/result.h"
#include "common/qr/qr_code.h"

namespace twofactor {

// Write a picture for the owner alone (mode 0600). Fail with kConflict where the file is there and
// `overwrite` is not set, else with kInternal.
Result<void> WritePng(const QrCode& code, const std::string& path, bool overwrite);
Result<void> WriteSvg(const QrCode& code, const std::string& path, bool overwrite);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_QR_FILE_H_
