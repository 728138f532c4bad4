#include "helperd/twofactord/otpauth/provisioning_uri.h"

#include <gtest/gtest.h>

#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

TEST(ProvisioningUriTest, LeavesOutWhatAppsAssume) {
  const auto uri =
      MakeProvisioningUri({"Example", "alice-host"}, DeviceKind::kTotp, RfcSecret(), {});
  EXPECT_EQ(
      uri.value().text(),
      "otpauth://totp/Example:alice-host?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example");
}

TEST(ProvisioningUriTest, NamesWhatDiffersAndEncodesWhatHasAMeaning) {
  const auto uri = MakeProvisioningUri({"A&B: C", "al ice@h"}, DeviceKind::kTotp, RfcSecret(),
                                       {OtpAlgorithm::kSha256, 8, std::chrono::seconds(60)});
  EXPECT_EQ(uri.value().text(),
            "otpauth://totp/A%26B%3A%20C:al%20ice%40h?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
            "&issuer=A%26B%3A%20C&algorithm=SHA256&digits=8&period=60");
}

TEST(ExpandAccountTest, PutsUserAndHostIn) {
  const Username alice = Username::Parse("alice").value();
  EXPECT_EQ(ExpandAccount("%u-%h", alice, "host"), "alice-host");
  EXPECT_EQ(ExpandAccount("100%%u %x %", alice, "host"), "100%u %x %");
}

}  // namespace
}  // namespace twofactor
