// The store grows while others use it, and forgets nothing.
#include <gtest/gtest.h>

#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

SecretBytes SecretOf(int user) {
  SecretBytes secret(kNewSecretBytes);
  secret.mutable_bytes()[0] = static_cast<std::uint8_t>(user);
  secret.mutable_bytes()[1] = static_cast<std::uint8_t>(user >> 8);
  return secret;
}

TEST(GrowthTest, EveryUserIsFoundAndNoUsedCodeIsForgotten) {
  constexpr int kUsers = 5000;
  StoreFixture store;
  store.Enroll("first", 1, RfcSecret());
  const SecretBytes used = store.CodeOf("first");
  EXPECT_EQ(store.Verify("first", used).value().outcome, VerifyOutcome::kGranted);
  for (int user = 0; user < kUsers; ++user) {
    store.Enroll(NameOf(user), 1000 + static_cast<uid_t>(user), SecretOf(user));
  }
  EXPECT_EQ(store.Verify("first", used).value().outcome, VerifyOutcome::kReplayed);
  LiveStoreReader reader = store.Open();
  for (int user = 0; user < kUsers; ++user) {
    const auto devices = reader.FindDevices(Username::Parse(NameOf(user)).value());
    ASSERT_TRUE(devices && devices->size() == 1) << NameOf(user);
    EXPECT_EQ(devices->front().uid, 1000 + static_cast<uid_t>(user));
    EXPECT_TRUE(devices->front().secret.Equals(SecretOf(user)));
  }
  EXPECT_TRUE(reader.FindDevices(Username::Parse("nobody else").value()).value().empty());
}

TEST(GrowthTest, ReaderOpenedBeforeTheGrowthStillConsumesInTheSameLedger) {
  StoreFixture store;
  store.Enroll("first", 1, RfcSecret());
  LiveStoreReader before = store.Open();
  for (int user = 0; user < 3000; ++user) {
    store.Enroll(NameOf(user), 1000, SecretOf(user));
  }
  EXPECT_EQ(
      VerifyCode(before, store.AccountOf("first"), TypedCode(store.CodeOf("first")), store.clock)
          .value()
          .outcome,
      VerifyOutcome::kGranted);
  EXPECT_EQ(store.Verify("first", store.CodeOf("first")).value().outcome, VerifyOutcome::kReplayed);
}

TEST(GrowthTest, UsersThatComeAndGoLeaveNoTraceInTheIndex) {
  StoreFixture store;
  for (int round = 0; round < 3000; ++round) {
    store.Enroll("alice", 1000, RfcSecret());
    store.Unset("alice");
  }
  EXPECT_EQ(store.publisher().users(), 0U);
  store.Enroll("alice", 1000, RfcSecret());
  EXPECT_EQ(store.Verify("alice", store.CodeOf("alice")).value().outcome, VerifyOutcome::kGranted);
}

TEST(GrowthTest, RestartsOfTheDaemonExtendNoFile) {
  StoreFixture store;
  store.Enroll("alice", 1000, RfcSecret());
  const std::string ledger = ReadFile(store.paths().Ledger());
  for (int restart = 0; restart < 5; ++restart) {
    store.Restart();
    // As each first renewal does: room for one more user than there are.
    ASSERT_TRUE(store.publisher().Reserve(1));
  }
  EXPECT_EQ(ReadFile(store.paths().Ledger()).size(), ledger.size());
}

TEST(GrowthTest, SecretsThatAreNoLongerValidAreWipedFromTheFile) {
  StoreFixture store;
  store.Enroll("alice", 1000, SecretBytes::CopyOf("the first secret 20b"));
  store.Enroll("alice", 1000, SecretBytes::CopyOf("the other secret 20b"));
  const std::string renewed = ReadFile(store.paths().Records());
  EXPECT_EQ(renewed.find("the first secret"), std::string::npos);
  EXPECT_NE(renewed.find("the other secret"), std::string::npos);
  store.Unset("alice");
  EXPECT_EQ(ReadFile(store.paths().Records()).find("the other secret"), std::string::npos);
}

}  // namespace
}  // namespace twofactor
