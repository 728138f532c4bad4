#ifndef TWOFACTOR_TESTS_UNIT_CLI_IMPORT_FIXTURE_H_
#define TWOFACTOR_TESTS_UNIT_CLI_IMPORT_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <string>

#include "cli/import/imported_user.h"
#include "cli/import/used_code.h"
#include "common/otp/totp.h"

// What the tests of the importers share.
namespace twofactor {

// RFC 4226, appendix D: the codes of its secret.
inline constexpr std::string_view kRfcSecret = "12345678901234567890";
inline constexpr std::string_view kRfcHex = "3132333435363738393031323334353637383930";
inline constexpr std::string_view kRfcBase32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
inline constexpr std::array kRfcCodes = {"755224", "287082", "359152", "969429", "338314",
                                         "254676", "287922", "162583", "399871", "520489"};

inline WallTime At(std::int64_t seconds) { return WallTime(std::chrono::seconds(seconds)); }

// 2024-06-15 12:00:00 UTC.
inline const WallTime kNow = At(1718452800);

inline ImportContext ContextFor(const std::string& user = "") { return {kNow, user, "nas1"}; }

inline std::string CodeAt(WallTime time, const OtpParameters& parameters = {}) {
  const auto code =
      GenerateTotp(SecretBytes::CopyOf(kRfcSecret), parameters, StepAt(time, parameters.interval));
  return std::string(code->text());
}

// The process's time zone, back to what it was in the end.
class TimeZone {
 public:
  explicit TimeZone(const char* name) {
    if (const char* const before = std::getenv("TZ")) {
      before_ = before;
    }
    setenv("TZ", name, 1);
    tzset();
  }
  ~TimeZone() {
    if (before_.empty()) {
      unsetenv("TZ");
    } else {
      setenv("TZ", before_.c_str(), 1);
    }
    tzset();
  }

 private:
  std::string before_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_UNIT_CLI_IMPORT_FIXTURE_H_
