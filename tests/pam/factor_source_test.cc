// Tests which source answers the module, with a real live store.
#include "pam_module/factor_source.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/pam/answering_daemon.h"
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

// The store reports the damage, and the module does not ask anybody else.
TEST_F(FactorSourceTest, DamagedStoreIsNoReasonToAskTheDaemon) {
  AnsweringDaemon daemon(store_.paths(), {});
  WriteFile(store_.paths().Ledger(), "rubbish");
  const auto source = OpenFactorSource(store_.paths(), store_.clock, kTimeout);
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code(), ErrorCode::kCorrupt);
}

TEST_F(FactorSourceTest, StoreThatIsNotThereIsAReasonToAskTheDaemon) {
  AnsweringDaemon daemon(store_.paths(), {});
  unlink(store_.paths().Ledger().c_str());
  EXPECT_TRUE(OpenFactorSource(store_.paths(), store_.clock, kTimeout));
}

// A program of the run directory's owner that may read the ledger and not write to it, as one whose
// sandbox makes /run read-only.
class ReadOnlyLedgerTest : public FactorSourceTest {
 protected:
  static constexpr uid_t kOwner = 65534;

  ReadOnlyLedgerTest() {
    if (geteuid() != 0) {
      return;
    }
    const RunPaths& paths = store_.paths();
    for (const std::string& path :
         {paths.directory(), paths.Index(), paths.Records(), paths.Ledger()}) {
      EXPECT_EQ(chown(path.c_str(), kOwner, kOwner), 0) << path;
    }
    EXPECT_EQ(chmod(paths.Ledger().c_str(), 0400), 0);
    EXPECT_EQ(seteuid(kOwner), 0);
  }
  ~ReadOnlyLedgerTest() override { static_cast<void>(seteuid(getuid())); }
};

TEST_F(ReadOnlyLedgerTest, WhetherALoginAsksIsKnownWithoutADaemon) {
  if (getuid() != 0) {
    GTEST_SKIP() << "skipped: needs root";
  }
  const auto source = Open();
  EXPECT_EQ(source->ReadState(store_.AccountOf("alice"), "login")->state, FactorState::kConfigured);
  const Account nobody{Username::Parse("nobody").value(), kOwner};
  EXPECT_EQ(source->ReadState(nobody, "login")->state, FactorState::kAbsent);
}

TEST_F(ReadOnlyLedgerTest, CodeIsTheDaemonsToConsume) {
  if (getuid() != 0) {
    GTEST_SKIP() << "skipped: needs root";
  }
  const auto source = Open();
  const SecretBytes code = store_.CodeOf("alice");
  const auto unanswered = source->Verify(store_.AccountOf("alice"), "login", TypedCode(code), {});
  ASSERT_FALSE(unanswered);
  EXPECT_NE(unanswered.error().message().find("ledger"), std::string::npos);
  AnsweringDaemon daemon(
      store_.paths(),
      {{"pam.verify", {{"result", {{"outcome", "granted"}, {"wait", 0}, {"digits", 6}}}}}});
  EXPECT_EQ(Try(*source, code), VerifyOutcome::kGranted);
}

// An application that does not run as root: it can only use the daemon's socket.
class RestartedDaemonTest : public testing::Test {
 protected:
  using Json = nlohmann::json;
  using Calls = std::vector<std::string>;

  std::unique_ptr<FactorSource> OpenAndReadState() {
    const AnsweringDaemon daemon(
        paths_,
        {{"pam.state", {{"result", {{"state", "configured"}, {"digits", Json::array({6})}}}}}});
    auto source = std::move(OpenFactorSource(paths_, clock_, kTimeout)).value();
    EXPECT_TRUE(source->ReadState(kAlice, "login"));
    return source;
  }
  Result<Verification> Verify(FactorSource& source) {
    return source.Verify(kAlice, "login", TypedCode(SecretBytes::CopyOf("123456")), {});
  }

  const Account kAlice{Username::Parse("alice").value(), 1000};
  TempDirectory directory_;
  RunPaths paths_{directory_.path()};
  SystemClock clock_;
};

TEST_F(RestartedDaemonTest, LoginAmidItsPromptIsAnsweredByTheNextOne) {
  const auto prompting = OpenAndReadState();
  AnsweringDaemon next(
      paths_, {{"pam.verify", {{"result", {{"outcome", "granted"}, {"wait", 0}, {"digits", 6}}}}}});
  const auto verified = Verify(*prompting);
  ASSERT_TRUE(verified) << verified.error().message();
  EXPECT_EQ(verified->outcome, VerifyOutcome::kGranted);
}

TEST_F(RestartedDaemonTest, OneThatIsGoneForGoodIsNoLogin) {
  const auto prompting = OpenAndReadState();
  EXPECT_FALSE(Verify(*prompting));
}

TEST_F(RestartedDaemonTest, OneThatAlwaysClosesIsAskedTwiceAndNoMore) {
  const auto prompting = OpenAndReadState();
  AnsweringDaemon next(paths_, {{"pam.verify", "gone"}});
  EXPECT_FALSE(Verify(*prompting));
  // The first daemon closed the connection, so it reaches nobody.
  EXPECT_EQ(next.Calls(), Calls{"pam.verify"});
  EXPECT_FALSE(Verify(*prompting));
  EXPECT_EQ(next.Calls(), (Calls{"pam.verify", "pam.verify"}));
}

// Makes a user with one device of this kind, whose codes only the daemon can verify.
PublishedDevice DaemonsDevice(DeviceKind kind) {
  return {.username = Username::Parse("alice").value(),
          .uid = 1000,
          .device = 1,
          .slot = 7,
          .generation = 9,
          .parameters = {},
          .created = {},
          .secret = {},
          .kind = kind};
}

TEST_F(FactorSourceTest, WrongCodeIsWrongAlsoWhereNoDaemonAnswers) {
  const auto source = Open();
  EXPECT_EQ(Try(*source, SecretBytes::CopyOf("000000")), VerifyOutcome::kWrong);
  EXPECT_EQ(Try(*source, SecretBytes::CopyOf("00000000")), VerifyOutcome::kWrong);
}

TEST_F(FactorSourceTest, CodeThatOnlyTheDaemonKnowsIsNoAnswerWhereItDoesNot) {
  const auto no_answer = [this](DeviceKind kind, const char* typed) {
    EXPECT_TRUE(store_.publisher().Publish(DaemonsDevice(kind)));
    const auto alice = store_.AccountOf("alice");
    return !Open()->Verify(alice, "login", TypedCode::Parse(typed), {}).has_value();
  };
  store_.settings.ask_daemon = true;
  store_.publisher().WriteSettings(store_.settings);
  EXPECT_TRUE(no_answer(DeviceKind::kHotp, "000000"));
  EXPECT_FALSE(no_answer(DeviceKind::kRecoveryCodes, "000000"));
  EXPECT_TRUE(no_answer(DeviceKind::kRecoveryCodes, "abcd-efgh-jkmn"));
  // A code that the live store accepts needs no daemon.
  EXPECT_EQ(Try(*Open(), store_.CodeOf("alice")), VerifyOutcome::kGranted);
}

}  // namespace
}  // namespace twofactor
