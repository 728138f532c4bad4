#ifndef TWOFACTOR_TESTS_UNIT_START_START_FIXTURE_H_
#define TWOFACTOR_TESTS_UNIT_START_START_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>

#include "common/base/clock.h"
#include "helperd/twofactord/stores.h"
#include "tests/support/temp_directory.h"

namespace twofactor {

// A machine with a key file, a state and a run directory, and the starts of a daemon on it.
class StartFixture : public testing::Test {
 protected:
  StartFixture() {
    std::filesystem::create_directory(state().directory());
    std::filesystem::create_directory(run().directory());
  }

  StatePaths state() const { return StatePaths(directory_ / "state"); }
  RunPaths run() const { return RunPaths(directory_ / "run"); }
  std::string key_file() const { return directory_ / "key"; }

  Result<OpenedStores> Start() {
    auto key = TakeKey({KeySource::Kind::kFile, key_file(), key_file()}, state());
    return key ? OpenStores(run(), state(), std::move(*key), config_, clock_) : Fail(key.error());
  }
  // As the daemon does it: in a transaction.
  static void Enroll(Vault& vault, const std::string& name) {
    ASSERT_TRUE(vault.Begin());
    ASSERT_TRUE(vault.PutSecret(SecretOf(name)));
    ASSERT_TRUE(vault.Commit());
  }
  static NewSecret SecretOf(const std::string& name) {
    return {.username = Username::Parse(name).value(),
            .uid = 1000,
            .device = 0,
            .parameters = {},
            .created = WallTime(std::chrono::seconds(1'800'000'000)),
            .secret = SecretBytes::CopyOf("the secret of " + name),
            .label = {}};
  }

  TempDirectory directory_;
  Config config_;
  SystemClock clock_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_UNIT_START_START_FIXTURE_H_
