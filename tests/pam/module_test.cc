// Tests every return code, with the built module in the real libpam.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <security/pam_appl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include "common/otp/totp.h"
#include "helperd/twofactord/rpc/make_listener.h"
#include "tests/pam/login.h"
#include "tests/support/store_fixture.h"

namespace twofactor {
namespace {

using testing::Test;

const std::string kPrompt = "Verification code: ";

class ModuleTest : public Test {
 protected:
  ModuleTest() {
    // The module reads the machine's own clock.
    store_.clock.wall = SystemClock().Wall();
    store_.clock.boot = SystemClock().Boot();
    store_.Restart();
  }

  void EnrollRoot(const OtpParameters& parameters = {}) {
    store_.Enroll("root", 0, RfcSecret(), parameters);
  }
  // Returns a code that stays valid during the test: the window covers a step that ends.
  std::string Code() {
    store_.clock.wall = SystemClock().Wall();
    return std::string(store_.CodeOf("root").text());
  }
  PamStack Stack(const std::string& options = "") {
    return PamStack("auth required MODULE run_dir=" + store_.paths().directory() + " " + options);
  }

  StoreFixture store_;
};

TEST_F(ModuleTest, RightCodeOpensOneLogin) {
  EnrollRoot();
  const PamStack stack = Stack();
  const std::string code = Code();
  const auto first = stack.Login("root", {code});
  EXPECT_EQ(first.code, PAM_SUCCESS);
  EXPECT_EQ(first.prompts, std::vector<std::string>{kPrompt});
  const auto second = stack.Login("root", {code});
  EXPECT_EQ(second.code, PAM_AUTH_ERR);
  EXPECT_EQ(second.messages.size(), 1U);
}

// This version of the daemon publishes no such devices, but an older one may have done so.
TEST_F(ModuleTest, OneCodeOfTwoDevicesWithOneSecretOpensOneLogin) {
  EnrollRoot();
  store_.AddDevice("root", 1, RfcSecret());
  store_.AddDevice("root", 2, RfcSecret(), {}, 1);
  const PamStack stack = Stack();
  const std::string code = Code();
  int granted = 0;
  for (int i = 0; i < 4; ++i) {
    granted += stack.Login("root", {code}).code == PAM_SUCCESS ? 1 : 0;
  }
  EXPECT_EQ(granted, 1);
}

TEST_F(ModuleTest, BlanksInACodeAreAccepted) {
  EnrollRoot();
  const std::string code = Code();
  EXPECT_EQ(Stack().Login("root", {" " + code.substr(0, 3) + " " + code.substr(3)}).code,
            PAM_SUCCESS);
}

TEST_F(ModuleTest, WrongBlankAndGarbageCodesAreRefused) {
  EnrollRoot();
  const PamStack stack = Stack();
  for (const char* wrong : {"000000", "", "abcdef", "12345", "123456789", "\b\n\r\177INCORRECT"}) {
    EXPECT_EQ(stack.Login("root", {wrong}).code, PAM_AUTH_ERR) << wrong;
  }
}

TEST_F(ModuleTest, WhatIsNoCodeIsNotCountedAsAGuess) {
  EnrollRoot();
  const PamStack stack = Stack();
  for (int i = 0; i < 20; ++i) {
    stack.Login("root", {"\b\n\r\177INCORRECT"});
    stack.Login("root", {""});
  }
  EXPECT_EQ(stack.Login("root", {Code()}).code, PAM_SUCCESS);
}

TEST_F(ModuleTest, CodeOfTheOldSecretDiesWithTheRenewal) {
  EnrollRoot();
  const std::string old_code = Code();
  store_.Enroll("root", 0, SecretBytes::CopyOf("another secret, 20 b"));
  EXPECT_EQ(Stack().Login("root", {old_code}).code, PAM_AUTH_ERR);
  EXPECT_EQ(Stack().Login("root", {Code()}).code, PAM_SUCCESS);
}

TEST_F(ModuleTest, EveryIntervalAlgorithmAndNumberOfDigitsWorks) {
  for (const int interval : {5, 7, 30, 45, 60, 3600}) {
    for (const auto algorithm :
         {OtpAlgorithm::kSha1, OtpAlgorithm::kSha256, OtpAlgorithm::kSha512}) {
      for (const int digits : {6, 7, 8}) {
        EnrollRoot({algorithm, digits, std::chrono::seconds(interval)});
        const std::string code = Code();
        EXPECT_EQ(code.size(), static_cast<std::size_t>(digits));
        EXPECT_EQ(Stack().Login("root", {code}).code, PAM_SUCCESS) << interval << " " << digits;
      }
    }
  }
}

TEST_F(ModuleTest, WindowOptionNarrowsTheWindow) {
  EnrollRoot();
  Code();
  const std::string next(store_.CodeOf("root", 1).text());
  EXPECT_EQ(Stack("window=0").Login("root", {next}).code, PAM_AUTH_ERR);
  EXPECT_EQ(Stack("window=1").Login("root", {next}).code, PAM_SUCCESS);
}

TEST_F(ModuleTest, WindowOptionDoesNotWidenTheAdministratorsWindow) {
  EnrollRoot();
  Code();
  const std::string far(store_.CodeOf("root", 5).text());
  EXPECT_EQ(Stack("window=10").Login("root", {far}).code, PAM_AUTH_ERR);
}

TEST_F(ModuleTest, UserWithoutAFactorIsPromptedAndRefused) {
  const auto outcome = Stack().Login("root", {"123456"});
  EXPECT_EQ(outcome.code, PAM_AUTH_ERR);
  EXPECT_EQ(outcome.prompts, std::vector<std::string>{kPrompt});
}

TEST_F(ModuleTest, UnknownUserIsPromptedAndRefusedTheSameWay) {
  const auto outcome = Stack("nullok").Login("nosuchuser", {"123456"});
  EXPECT_EQ(outcome.code, PAM_AUTH_ERR);
  EXPECT_EQ(outcome.prompts, std::vector<std::string>{kPrompt});
  EXPECT_TRUE(outcome.messages.empty());
}

TEST_F(ModuleTest, UserUnknownOptionSaysSoUnprompted) {
  const auto outcome = Stack("user_unknown").Login("nosuchuser", {});
  EXPECT_EQ(outcome.code, PAM_USER_UNKNOWN);
  EXPECT_TRUE(outcome.prompts.empty());
}

// libpam turns PAM_IGNORE alone in a stack into PAM_PERM_DENIED, so a module that always succeeds
// follows.
TEST_F(ModuleTest, NullokIgnoresAUserWithoutAFactorUnprompted) {
  const PamStack stack("auth required MODULE nullok run_dir=" + store_.paths().directory() +
                       "\nauth required pam_permit.so");
  const auto outcome = stack.Login("root", {});
  EXPECT_EQ(outcome.code, PAM_SUCCESS);
  EXPECT_TRUE(outcome.prompts.empty());
}

TEST_F(ModuleTest, NullokChangesNothingForAUserWithAFactor) {
  EnrollRoot();
  const PamStack stack("auth required MODULE nullok run_dir=" + store_.paths().directory() +
                       "\nauth required pam_permit.so");
  EXPECT_EQ(stack.Login("root", {"000000"}).code, PAM_AUTH_ERR);
}

TEST_F(ModuleTest, RecordOfAnotherUidIsNotInherited) {
  store_.Enroll("root", 4711, RfcSecret());
  EXPECT_EQ(Stack().Login("root", {Code()}).code, PAM_AUTH_ERR);
}

TEST_F(ModuleTest, SwitchedOffByTheAdministratorIsIgnored) {
  EnrollRoot();
  store_.settings.enabled = false;
  store_.publisher().WriteSettings(store_.settings);
  const PamStack stack("auth required MODULE run_dir=" + store_.paths().directory() +
                       "\nauth required pam_permit.so");
  EXPECT_EQ(stack.Login("root", {}).code, PAM_SUCCESS);
}

TEST_F(ModuleTest, SwitchedOffForSshIsIgnoredForSshAlone) {
  EnrollRoot();
  store_.settings.ssh = false;
  store_.publisher().WriteSettings(store_.settings);
  const PamStack stack("auth required MODULE run_dir=" + store_.paths().directory() +
                       "\nauth required pam_permit.so");
  EXPECT_EQ(stack.Login("root", {}, 0, "sshd").code, PAM_SUCCESS);
  EXPECT_EQ(stack.Login("root", {"000000"}).code, PAM_AUTH_ERR);
}

TEST_F(ModuleTest, SecondSshdCountsAsTheServiceThatItsLineNames) {
  EnrollRoot();
  store_.settings.ssh = false;
  store_.publisher().WriteSettings(store_.settings);
  const std::string line = "auth required MODULE run_dir=" + store_.paths().directory();
  const std::string permit = "\nauth required pam_permit.so";
  EXPECT_EQ(PamStack(line + " service=sshd" + permit).Login("root", {}).code, PAM_SUCCESS);
  EXPECT_EQ(PamStack(line + " service=other" + permit).Login("root", {"000000"}, 0, "sshd").code,
            PAM_AUTH_ERR);
}

TEST_F(ModuleTest, TooManyWrongCodesWaitAndAreStillPrompted) {
  EnrollRoot();
  const PamStack stack = Stack();
  for (int i = 0; i < store_.settings.throttle.free_tries; ++i) {
    EXPECT_TRUE(stack.Login("root", {"000000"}).messages.empty());
  }
  const auto locked = stack.Login("root", {Code()});
  EXPECT_EQ(locked.code, PAM_AUTH_ERR);
  EXPECT_EQ(locked.prompts, std::vector<std::string>{kPrompt});
  // As for an unknown user, so that nobody learns who has a second factor.
  EXPECT_TRUE(locked.messages.empty());
  EXPECT_EQ(Stack("maxtries").Login("root", {Code()}).code, PAM_MAXTRIES);
  EXPECT_EQ(Stack("show_wait").Login("root", {Code()}).messages.size(), 1U);
  EXPECT_TRUE(Stack("show_wait").Login("root", {Code()}, PAM_SILENT).messages.empty());
}

TEST_F(ModuleTest, CodeFromBeforeTheStoreWasMadeIsRefusedAndTheWaitIsTold) {
  EnrollRoot();
  store_.clock.wall = SystemClock().Wall();
  store_.Restart(/*lose_ledger=*/true);
  const auto outcome = Stack().Login("root", {Code()});
  EXPECT_EQ(outcome.code, PAM_AUTH_ERR);
  ASSERT_EQ(outcome.messages.size(), 1U);
  EXPECT_NE(outcome.messages[0].find("A new code is accepted in"), std::string::npos);
}

TEST_F(ModuleTest, FailedConversationIsConvErr) {
  EnrollRoot();
  EXPECT_EQ(Stack().Login("root", {}).code, PAM_CONV_ERR);
}

TEST_F(ModuleTest, OptionThatIsNotUnderstoodIsServiceErr) {
  EnrollRoot();
  for (const char* wrong : {"nosuchoption", "window=x", "window=11", "window", "nullok=1",
                            "timeout=0", "authtok_prompt="}) {
    EXPECT_EQ(Stack(wrong).Login("root", {Code()}).code, PAM_SERVICE_ERR) << wrong;
  }
}

TEST_F(ModuleTest, PromptOptionIsUsed) {
  EnrollRoot();
  const PamStack stack("auth required MODULE run_dir=" + store_.paths().directory() +
                       " [authtok_prompt=Your code, please: ]");
  EXPECT_EQ(stack.Login("root", {Code()}).prompts, std::vector<std::string>{"Your code, please: "});
}

TEST_F(ModuleTest, ForwardPassLeavesThePasswordForTheNextModule) {
  EnrollRoot();
  const PamStack stack(
      "auth required MODULE forward_pass run_dir=" + store_.paths().directory() +
      "\nauth required MODULE use_first_pass run_dir=" + store_.paths().directory());
  // The second line finds the password, which is the next step's code, and accepts it.
  Code();
  const std::string now(store_.CodeOf("root").text());
  const std::string next(store_.CodeOf("root", 1).text());
  const auto outcome = stack.Login("root", {next + now});
  EXPECT_EQ(outcome.prompts, std::vector<std::string>{"Password & verification code: "});
  EXPECT_EQ(outcome.code, PAM_SUCCESS);
}

TEST_F(ModuleTest, WithoutStoreAndDaemonThereIsNoLoginAndNoWait) {
  const TempDirectory empty;
  const PamStack stack("auth required MODULE nullok run_dir=" + empty.path() +
                       "\nauth required pam_permit.so");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(stack.Login("root", {"123456"}).code, PAM_AUTHINFO_UNAVAIL);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST_F(ModuleTest, DaemonThatNeverAnswersCostsTheTimeoutAndNoLogin) {
  const TempDirectory run;
  const auto listener = MakeListener(run / "api.sock", 0666);
  ASSERT_TRUE(listener);
  const PamStack stack("auth required MODULE nullok timeout=1 run_dir=" + run.path() +
                       "\nauth required pam_permit.so");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(stack.Login("root", {"123456"}).code, PAM_AUTHINFO_UNAVAIL);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
}

TEST_F(ModuleTest, TimeoutBoundsAllCallsOfALoginTogether) {
  const auto login_of_1200_ms = [](const std::string& timeout) {
    const TempDirectory run;
    auto listener = MakeListener(run / "api.sock", 0666);
    EXPECT_TRUE(listener);
    fcntl(listener->get(), F_SETFL, 0);
    std::thread daemon([&listener] {
      const UniqueFd peer(accept4(listener->get(), nullptr, nullptr, SOCK_CLOEXEC));
      for (
          const std::string answer :
          {R"({"jsonrpc":"2.0","id":1,"result":{"state":"configured","digits":[6]}})",
           R"({"jsonrpc":"2.0","id":2,"result":{"outcome":"granted","wait":0,"digits":6,"recovery_codes_left":null}})"}) {
        char request[4096];
        static_cast<void>(read(peer.get(), request, sizeof request));
        std::this_thread::sleep_for(std::chrono::milliseconds(600));
        send(peer.get(), (answer + "\n").data(), answer.size() + 1, MSG_NOSIGNAL);
      }
    });
    const PamStack stack("auth required MODULE " + timeout + " run_dir=" + run.path() +
                         "\nauth required pam_permit.so");
    const int code = stack.Login("root", {"123456"}).code;
    daemon.join();
    return code;
  };
  EXPECT_EQ(login_of_1200_ms("timeout=20"), PAM_SUCCESS);
  EXPECT_EQ(login_of_1200_ms("timeout=1"), PAM_AUTHINFO_UNAVAIL);
}

TEST_F(ModuleTest, DaemonThatAnswersGarbageIsNoLogin) {
  for (const char* answer :
       {"\n", "yes\n", "{}\n", "[]\n", "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":true}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"state\":\"yes\",\"digits\":[6]}}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"state\":\"absent\"}}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"state\":\"absent\",\"digits\":[6]}}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"state\":\"absent\",\"digits\":[6]}}\nx"}) {
    const TempDirectory run;
    auto listener = MakeListener(run / "api.sock", 0666);
    ASSERT_TRUE(listener);
    fcntl(listener->get(), F_SETFL, 0);
    std::thread daemon([&listener, answer] {
      const UniqueFd peer(accept4(listener->get(), nullptr, nullptr, SOCK_CLOEXEC));
      char request[4096];
      EXPECT_GT(read(peer.get(), request, sizeof request), 0);
      EXPECT_GE(write(peer.get(), answer, strlen(answer)), 0);
    });
    const PamStack stack("auth required MODULE nullok run_dir=" + run.path() +
                         "\nauth required pam_permit.so");
    EXPECT_EQ(stack.Login("root", {"123456"}).code, PAM_AUTHINFO_UNAVAIL) << answer;
    daemon.join();
  }
}

TEST_F(ModuleTest, DamagedStoreIsNeverALogin) {
  EnrollRoot();
  namespace fs = std::filesystem;
  const PamStack stack("auth required MODULE nullok run_dir=" + store_.paths().directory() +
                       "\nauth required pam_permit.so");
  for (const std::string& file :
       {store_.paths().Index(), store_.paths().Records(), store_.paths().Ledger()}) {
    const std::string whole = ReadFile(file);
    for (const std::size_t keep : {std::size_t{0}, std::size_t{10}, whole.size() / 2}) {
      WriteFile(file, whole.substr(0, keep));
      const int code = stack.Login("root", {"000000"}).code;
      EXPECT_TRUE(code == PAM_AUTHINFO_UNAVAIL || code == PAM_AUTH_ERR) << file << " " << keep;
    }
    std::string other_version = whole;
    other_version[16] = 99;
    WriteFile(file, other_version);
    EXPECT_EQ(stack.Login("root", {"000000"}).code, PAM_AUTHINFO_UNAVAIL) << file;
    WriteFile(file, whole);
    chmod(file.c_str(), 0666);
    EXPECT_EQ(stack.Login("root", {Code()}).code, PAM_AUTHINFO_UNAVAIL) << file;
    chmod(file.c_str(), 0600);
    fs::rename(file, file + ".moved");
    fs::create_symlink(file + ".moved", file);
    EXPECT_EQ(stack.Login("root", {Code()}).code, PAM_AUTHINFO_UNAVAIL) << file;
    fs::rename(file + ".moved", file);
  }
  EXPECT_EQ(stack.Login("root", {Code()}).code, PAM_SUCCESS);
}

// A display manager or a server keeps running after a login, and has many.
TEST_F(ModuleTest, ALoginLeavesNoMemoryToItsHost) {
  EnrollRoot();
  const PamStack stack = Stack();
  const auto log_in_often = [&stack] {
    for (int i = 0; i < 50; ++i) {
      stack.Login("root", {""});
    }
  };
  log_in_often();
  const auto before = mallinfo2().uordblks;
  log_in_often();
  EXPECT_LT(mallinfo2().uordblks, before + 16384);
}

}  // namespace
}  // namespace twofactor
