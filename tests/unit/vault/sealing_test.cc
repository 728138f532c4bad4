#include "helperd/twofactord/vault/sealing.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace twofactor {
namespace {

class SealingTest : public testing::Test {
 protected:
  const VaultKey key_ = std::move(VaultKey::Generate()).value();
  const SealIdentity alice_ = SealIdentity("secret").Add("alice").Add(1000);
  const SecretBytes secret_ = SecretBytes::CopyOf("12345678901234567890");
};

TEST_F(SealingTest, OpensForWhomItWasSealed) {
  const auto sealed = Seal(key_, alice_, secret_).value();
  EXPECT_TRUE(Unseal(key_, alice_, sealed.bytes).value().Equals(secret_));
}

TEST_F(SealingTest, DoesNotOpenForAnybodyElse) {
  const auto sealed = Seal(key_, alice_, secret_).value();
  EXPECT_FALSE(Unseal(key_, SealIdentity("secret").Add("bob").Add(1000), sealed.bytes));
  EXPECT_FALSE(Unseal(key_, SealIdentity("secret").Add("alice").Add(1001), sealed.bytes));
  // The parts are divided: "ali" and "ce" is not "alice".
  EXPECT_FALSE(Unseal(key_, SealIdentity("secret").Add("ali").Add("ce").Add(1000), sealed.bytes));
}

TEST_F(SealingTest, DoesNotOpenWithAnotherKey) {
  const auto sealed = Seal(key_, alice_, secret_).value();
  EXPECT_FALSE(Unseal(VaultKey::Generate().value(), alice_, sealed.bytes));
}

TEST_F(SealingTest, EveryFlippedByteIsFound) {
  const auto sealed = Seal(key_, alice_, secret_).value();
  for (std::size_t at = 0; at < sealed.bytes.size(); ++at) {
    auto bytes = sealed.bytes;
    bytes[at] ^= 1;
    EXPECT_FALSE(Unseal(key_, alice_, bytes)) << at;
  }
}

TEST_F(SealingTest, EveryShorterBlobIsRefused) {
  const auto sealed = Seal(key_, alice_, secret_).value();
  for (std::size_t size = 0; size < sealed.bytes.size(); ++size) {
    EXPECT_FALSE(Unseal(key_, alice_, std::span(sealed.bytes).first(size))) << size;
  }
}

TEST_F(SealingTest, NoPartOfTheSecretIsInTheSealedBytes) {
  const auto sealed = Seal(key_, alice_, secret_).value();
  const auto text = secret_.bytes();
  for (std::size_t i = 0; i + 4 <= text.size(); ++i) {
    const auto part = text.subspan(i, 4);
    EXPECT_EQ(std::search(sealed.bytes.begin(), sealed.bytes.end(), part.begin(), part.end()),
              sealed.bytes.end());
  }
}

TEST_F(SealingTest, TwoSealsOfOneSecretDiffer) {
  EXPECT_NE(Seal(key_, alice_, secret_).value().bytes, Seal(key_, alice_, secret_).value().bytes);
}

}  // namespace
}  // namespace twofactor
