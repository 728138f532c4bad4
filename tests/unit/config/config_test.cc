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

TEST(ConfigTest, SaysNothingAndHasTheDefaults) {
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
      "[verify]\ntrusted_uids = 33 1000\n"
      "[otpauth]\nissuer = Example Ltd\naccount = %u@%h\n"
      "[throttle]\nfree_tries = 3\nfirst_wait = 1\nlongest_wait = 2\nforget_after = 3\n",
      "f");
  ASSERT_TRUE(config) << config.error().message();
  EXPECT_EQ(config->roles.full_admin_groups, (std::vector<std::string>{"a", "b"}));
  EXPECT_FALSE(config->renewal.require_second_factor);
  EXPECT_EQ(config->verify.trusted_uids, (std::vector<uid_t>{33, 1000}));
  EXPECT_EQ(config->otpauth.issuer, "Example Ltd");
  EXPECT_EQ(config->throttle.free_tries, 3);
  EXPECT_EQ(config->throttle.forget_after, std::chrono::seconds(3));
}

TEST(ConfigTest, NamesLineAndKeyOfAFault) {
  EXPECT_EQ(FaultOf("[otpauth]\nisuer = x\n"), "f:2: unknown key 'isuer' in section [otpauth]");
  EXPECT_NE(FaultOf("[throttle]\n\nfree_tries = 0\n").find("f:3: key 'free_tries'"),
            std::string::npos);
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
