// Where the module's answers come from, over a real live store.
#include "pam_module/factor_source.h"

#include <gtest/gtest.h>

#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

constexpr std::chrono::seconds kTimeout{1};

class FactorSourceTest : public testing::Test {
 protected:
  FactorSourceTest() { store_.Enroll("alice", 1000, RfcSecret()); }

  std::unique_ptr<FactorSource> Open() {
    return std::move(OpenFactorSource(store_.paths(), store_.clock, kTimeout)).value();
  }
  VerifyOutcome Try(FactorSource& source, const SecretBytes& code) {
    return source.Verify(store_.AccountOf("alice"), "login", TypedCode(code), {}).value().outcome;
  }

  StoreFixture store_;
};

TEST_F(FactorSourceTest, CodeOfASecretThatWasRenewedDuringThePromptIsAccepted) {
  const auto prompting = Open();
  store_.Enroll("alice", 1000, SecretBytes::CopyOf("the other secret 20b"));
  EXPECT_EQ(Try(*prompting, store_.CodeOf("alice")), VerifyOutcome::kGranted);
}

TEST_F(FactorSourceTest, StoreThatWasMadeAnewDuringThePromptIsTheOneThatCounts) {
  const auto prompting = Open();
  store_.Restart();
  store_.Enroll("alice", 1000, SecretBytes::CopyOf("the other secret 20b"));
  const SecretBytes code = store_.CodeOf("alice");
  EXPECT_EQ(Try(*prompting, code), VerifyOutcome::kGranted);
  EXPECT_EQ(Try(*Open(), code), VerifyOutcome::kReplayed);
}

TEST_F(FactorSourceTest, LedgerThatWasLostDuringThePromptIsNotTheOneThatCounts) {
  const auto prompting = Open();
  const SecretBytes code = store_.CodeOf("alice");
  store_.Restart(/*lose_ledger=*/true);
  EXPECT_EQ(Try(*prompting, code), VerifyOutcome::kBeforeBirth);
}

}  // namespace
}  // namespace twofactor
