#include "helperd/twofactord/config/config.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

std::string FaultOf(const std::string& text) {
  const auto config = ParseConfig(text, "f");
  return config ? "" : config.error().message();
}

TEST(ConfigTest, EmptyFileGivesTheDefaults) {
  const auto config = ParseConfig("", "f");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->paths.run_directory, "/run/twofactor");
  EXPECT_EQ(config->roles.full_admin_groups, std::vector<std::string>{"twofactor-admin"});
  EXPECT_TRUE(config->renewal.require_second_factor);
}

TEST(ConfigTest, TakesEveryKey) {
  const auto config = ParseConfig(
      "[paths]\nrun_directory = /a\nstate_directory = /b\nkey_file = /c\n"
      "[roles]\nfull_admin_groups = a, b\nreadonly_admin_groups = c\n"
      "[renewal]\nrequire_second_factor = false\nper_minute = 0\n"
      "[bypass]\nlongest = 0\nallow_renewal = false\n"
      "[verify]\ntrusted_uids = 33 1000\n"
      "[otpauth]\nissuer = Example Ltd\naccount = %u@%h\n"
      "[throttle]\nfree_tries = 3\nfirst_wait = 1\nlongest_wait = 2\nforget_after = 3\n"
      "exempt_root = true\nknown_origin_days = 0\n"
      "[hotp]\nlook_ahead = 0\n"
      "[skew]\nlearn = false\nbound = 100\n",
      "f");
  ASSERT_TRUE(config) << config.error().message();
  EXPECT_EQ(config->roles.full_admin_groups, (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(config->renewal.require_second_factor);
  EXPECT_EQ(config->bypass.longest.count(), 0);
  EXPECT_FALSE(config->bypass.allow_renewal);
  EXPECT_EQ(config->verify.trusted_uids, (std::vector<uid_t>{33, 1000}));
  EXPECT_EQ(config->otpauth.issuer, "Example Ltd");
  EXPECT_EQ(config->throttle.free_tries, 3);
  EXPECT_EQ(config->throttle.forget_after, std::chrono::seconds(3));
  EXPECT_TRUE(config->throttle.exempt_root);
  EXPECT_EQ(config->throttle.known_origin_days, 0);
  EXPECT_EQ(config->hotp.look_ahead, 0);
  EXPECT_FALSE(config->skew.learn);
  EXPECT_EQ(config->skew.bound, 100);
}

TEST(ConfigTest, ShippedFileListsTheDefaults) {
  std::string text = ReadFile(TWOFACTOR_SHIPPED_CONFIG);
  // Its values are comments; its first line is one of words.
  text.erase(0, text.find('\n'));
  for (std::size_t at = text.find("\n; "); at != std::string::npos; at = text.find("\n; ")) {
    text.erase(at + 1, 2);
  }
  const auto shipped = ParseConfig(text, "f");
  ASSERT_TRUE(shipped) << shipped.error().message();
  const Config anyway;
  EXPECT_EQ(shipped->paths.run_directory, anyway.paths.run_directory);
  EXPECT_EQ(shipped->paths.state_directory, anyway.paths.state_directory);
  EXPECT_EQ(shipped->paths.key_file, anyway.paths.key_file);
  EXPECT_EQ(shipped->roles.full_admin_groups, anyway.roles.full_admin_groups);
  EXPECT_EQ(shipped->roles.readonly_admin_groups, anyway.roles.readonly_admin_groups);
  EXPECT_EQ(shipped->renewal.require_second_factor, anyway.renewal.require_second_factor);
  EXPECT_EQ(shipped->renewal.per_minute, anyway.renewal.per_minute);
  EXPECT_EQ(shipped->bypass.longest, anyway.bypass.longest);
  EXPECT_EQ(shipped->bypass.allow_renewal, anyway.bypass.allow_renewal);
  EXPECT_EQ(shipped->verify.trusted_uids, anyway.verify.trusted_uids);
  EXPECT_EQ(shipped->otpauth.issuer, anyway.otpauth.issuer);
  EXPECT_EQ(shipped->otpauth.account, anyway.otpauth.account);
  EXPECT_EQ(shipped->throttle.free_tries, anyway.throttle.free_tries);
  EXPECT_EQ(shipped->throttle.first_wait, anyway.throttle.first_wait);
  EXPECT_EQ(shipped->throttle.longest_wait, anyway.throttle.longest_wait);
  EXPECT_EQ(shipped->throttle.forget_after, anyway.throttle.forget_after);
  EXPECT_EQ(shipped->throttle.exempt_root, anyway.throttle.exempt_root);
  EXPECT_EQ(shipped->throttle.known_origin_days, anyway.throttle.known_origin_days);
  EXPECT_EQ(shipped->hotp.look_ahead, anyway.hotp.look_ahead);
  EXPECT_EQ(shipped->skew.learn, anyway.skew.learn);
  EXPECT_EQ(shipped->skew.bound, anyway.skew.bound);
}

TEST(ConfigTest, NamesLineAndKeyOfAnError) {
  EXPECT_EQ(FaultOf("[otpauth]\nisuer = x\n"), "f:2: unknown key 'isuer' in section [otpauth]");
  EXPECT_NE(FaultOf("[throttle]\n\nfree_tries = 0\n").find("f:3: key 'free_tries'"),
            std::string::npos);
  EXPECT_NE(FaultOf("[throttle]\nknown_origin_days = 256\n").find("0 to 255"), std::string::npos);
  EXPECT_NE(FaultOf("[renewal]\nrequire_second_factor = maybe\n").find("true or false"),
            std::string::npos);
  EXPECT_NE(FaultOf("[paths]\nkey_file = relative\n").find("absolute"), std::string::npos);
  EXPECT_NE(FaultOf("[verify]\ntrusted_uids = root\n").find("uid"), std::string::npos);
  EXPECT_NE(FaultOf("nonsense\n").find("f:1:"), std::string::npos);
  EXPECT_NE(FaultOf("[otpauth]\nissuer = a\nissuer = b\n").find("twice"), std::string::npos);
  EXPECT_NE(FaultOf("[throttle]\nfirst_wait = 400\n").find("first_wait <= longest_wait"),
            std::string::npos);
}

TEST(ConfigTest, RefusesAFileThatOthersMayWriteTo) {
  const TempDirectory directory;
  WriteFile(directory / "c", "");
  EXPECT_TRUE(LoadConfig(directory / "c"));
  chmod((directory / "c").c_str(), 0666);
  EXPECT_FALSE(LoadConfig(directory / "c"));
  EXPECT_FALSE(LoadConfig(directory / "not there"));
}

}  // namespace
}  // namespace twofactor
