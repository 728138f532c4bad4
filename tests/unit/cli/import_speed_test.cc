// How long a large users.oath takes. Not with sanitizers, which are many times slower.
#include <ctime>
#include <iostream>

#include "cli/import/users_oath.h"
#include "tests/unit/cli/import_fixture.h"

namespace twofactor {
namespace {

TEST(ImportSpeedTest, HundredThousandLinesAreReadInFarLessThanFiveSeconds) {
  const TimeZone utc("UTC");
  const WallTime used = At(1718445600);
  std::string text;
  for (int i = 0; i < 100'000; ++i) {
    text += "HOTP/T30\tuser" + std::to_string(i) + "\t-\t" + std::string(kRfcHex) + "\t0\t" +
            CodeAt(used) + "\t2024-06-15T10:00:00L\n";
  }
  // This process's own time: other tests run beside it.
  const std::clock_t begin = std::clock();
  const auto users = ParseUsersOath(text, ContextFor());
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  ASSERT_TRUE(users) << users.error().message();
  EXPECT_EQ(users->size(), 100'000U);
  EXPECT_EQ(users->back().devices.at(0).first_step, StepAt(used, std::chrono::seconds(30)) + 1);
  std::cout << "100000 lines of users.oath: " << seconds << " s\n";
  EXPECT_LT(seconds, 5.0);
}

}  // namespace
}  // namespace twofactor
