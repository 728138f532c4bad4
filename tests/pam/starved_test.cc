// Tests applications that are short of file descriptors, or have closed the standard ones: the
// built module in the real libpam, with the built daemon. Whatever is left, an attempt ends as it
// would with plenty or is refused, and one record says so.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <security/pam_appl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include <climits>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/otp/base32.h"
#include "common/otp/totp.h"
#include "tests/pam/daemon_process.h"
#include "tests/pam/log_sockets.h"
#include "tests/pam/login.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr int kFewest = 3;
constexpr int kMost = 20;
constexpr uid_t kNobodysUid = 65534;
constexpr const char* kRecoveryCode = "abcd-efgh-jkmn";

// The shortage. The application keeps no descriptor for syslog(3), which libpam has used by then.
void CloseAllBut(unsigned first) { close_range(first, UINT_MAX, 0); }
void Limit(int descriptors) {
  closelog();
  const rlimit most{static_cast<rlim_t>(descriptors), static_cast<rlim_t>(descriptors)};
  setrlimit(RLIMIT_NOFILE, &most);
}
void TakeAll() {
  Limit(64);
  while (open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0) {
  }
}

bool IsRefusal(int code) {
  return code == PAM_AUTH_ERR || code == PAM_AUTHINFO_UNAVAIL || code == PAM_SYSTEM_ERR ||
         code == PAM_BUF_ERR;
}

class StarvedTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!logs_.Enter()) {
      GTEST_SKIP() << "skipped: needs root and CAP_SYS_ADMIN";
    }
    logs_.OpenJournal();
    logs_.OpenSyslog();
    ASSERT_TRUE(daemon_.Start()) << daemon_.Log();
  }

  // A user with a new secret and unused codes.
  void Enroll(const std::string& name, uid_t uid, int digits = 6,
              std::chrono::seconds interval = std::chrono::seconds(30)) {
    secret_ = "secret no. " + std::to_string(100'000'000 + ++secrets_);
    digits_ = digits;
    interval_ = interval;
    const json device = {{"type", "TOTP"},
                         {"secret", EncodeBase32(SecretBytes::CopyOf(secret_))->text()},
                         {"otp_digits", digits},
                         {"interval", interval.count()}};
    const json user = {{"username", name},
                       {"uid", uid},
                       {"devices", json::array({device})},
                       {"recovery_codes", {kRecoveryCode}}};
    const auto imported = daemon_.Connect()->Call(
        "user.import_2fa_devices", json::array({json::array({user}), {{"replace", true}}}));
    ASSERT_TRUE(imported) << imported.error().message();
    ASSERT_EQ((*imported)[0]["outcome"], "imported") << imported->dump();
  }
  std::string Code(int steps = 0) const {
    const OtpParameters parameters{OtpAlgorithm::kSha1, digits_, interval_};
    const TimeStep step = StepAt(SystemClock().Wall(), parameters.interval);
    return std::string(
        GenerateTotp(SecretBytes::CopyOf(secret_), parameters, step + static_cast<TimeStep>(steps))
            ->text());
  }
  static std::string WrongCode() { return "000000"; }
  void WaitForNextStep() const {
    const SystemClock clock;
    const TimeStep step = StepAt(clock.Wall(), interval_);
    while (StepAt(clock.Wall(), interval_) == step) {
      usleep(10'000);
    }
  }

  PamStack Stack(const std::string& options = "") const {
    return PamStack("auth required MODULE run_dir=" + daemon_.paths().directory() + " " + options +
                    "\nauth required pam_permit.so");
  }

  // Makes one attempt in a separate process; returns how it ended.
  int Try(const PamStack& stack, const std::string& user, const std::string& typed, uid_t uid = 0) {
    logs_.Drain();
    const pid_t program = fork();
    if (program == 0) {
      CloseAllBut(STDERR_FILENO + 1);
      if (uid != 0 && (setgid(uid) != 0 || setuid(uid) != 0)) {
        _exit(PAM_ABORT);
      }
      alarm(30);
      _exit(stack.Login(user, {typed}).code);
    }
    int status = 0;
    waitpid(program, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  // Returns the results of three codes, each newer than the last, from a clock that is this many
  // steps ahead, give or take one: the first two now, in a step that has just begun, the last in
  // the next.
  std::vector<int> TryThreeCodesAhead(const PamStack& stack, const std::string& user, uid_t uid,
                                      int steps) {
    std::vector<int> codes;
    codes.push_back(Try(stack, user, Code(steps), uid));
    codes.push_back(Try(stack, user, Code(steps + 1), uid));
    WaitForNextStep();
    codes.push_back(Try(stack, user, Code(steps + 1), uid));
    return codes;
  }

  // Expects one record, which says what `code` says.
  void ExpectOneRecord(int code) const {
    auto records = logs_.TakeJournal();
    const auto lines = logs_.TakeSyslog();
    records.insert(records.end(), lines.begin(), lines.end());
    ASSERT_EQ(records.size(), 1U);
    const bool accepted = records[0].find("second factor accepted") != std::string::npos;
    EXPECT_EQ(accepted, code == PAM_SUCCESS) << records[0];
  }

  // For applications with `fewest` descriptors and more.
  void ExpectWrongCodesAreRecorded(int fewest) {
    for (int left = fewest; left <= kMost; ++left) {
      SCOPED_TRACE(left);
      PamStack stack = Stack();
      stack.OnStart([left] { Limit(left); });
      const int code = Try(stack, "root", WrongCode());
      EXPECT_TRUE(IsRefusal(code)) << code;
      ExpectOneRecord(code);
    }
  }

  LogSockets logs_;
  DaemonProcess daemon_;
  std::string secret_;
  int digits_ = 6;
  std::chrono::seconds interval_{30};
  int secrets_ = 0;
};

TEST_F(StarvedTest, RightCodeOpensTheLoginOrIsRefusedAndIsRecorded) {
  for (int left = kFewest; left <= kMost; ++left) {
    SCOPED_TRACE(left);
    Enroll("root", 0);
    PamStack stack = Stack();
    stack.OnStart([left] { Limit(left); });
    const int code = Try(stack, "root", Code());
    EXPECT_TRUE(code == PAM_SUCCESS || IsRefusal(code)) << code;
    EXPECT_TRUE(left < kMost || code == PAM_SUCCESS) << code;
    ExpectOneRecord(code);
  }
}

TEST_F(StarvedTest, WrongCodeIsRefusedAndRecorded) {
  Enroll("root", 0);
  ExpectWrongCodesAreRecorded(kFewest);
}

TEST_F(StarvedTest, ProgramThatIsNotRootIsRecordedToo) {
  for (int left = kFewest; left <= kMost; ++left) {
    SCOPED_TRACE(left);
    Enroll("nobody", kNobodysUid);
    PamStack stack = Stack();
    stack.OnStart([left] { Limit(left); });
    const int wrong = Try(stack, "nobody", WrongCode(), kNobodysUid);
    EXPECT_TRUE(IsRefusal(wrong)) << wrong;
    ExpectOneRecord(wrong);
    const int right = Try(stack, "nobody", Code(), kNobodysUid);
    EXPECT_TRUE(right == PAM_SUCCESS || IsRefusal(right)) << right;
    EXPECT_TRUE(left < kMost || right == PAM_SUCCESS) << right;
    ExpectOneRecord(right);
  }
}

// As with `ulimit -n N` in a shell: libpam reads its own files first, and may not reach the module.
TEST_F(StarvedTest, LimitThatWasThereBeforeNeitherLetsInNorHidesAGuess) {
  for (int left = kFewest; left <= kMost; ++left) {
    SCOPED_TRACE(left);
    Enroll("root", 0);
    const PamStack stack = Stack();
    const std::string right = Code();
    for (const std::string& typed : {WrongCode(), right}) {
      logs_.Drain();
      const pid_t program = fork();
      if (program == 0) {
        CloseAllBut(STDERR_FILENO + 1);
        Limit(left);
        const auto outcome = stack.Login("root", {typed});
        _exit(outcome.code | (outcome.prompts.empty() ? 0 : 0x80));
      }
      int status = 0;
      waitpid(program, &status, 0);
      const bool asked = (WEXITSTATUS(status) & 0x80) != 0;
      const int code = WEXITSTATUS(status) & 0x7F;
      EXPECT_TRUE(code != PAM_SUCCESS || typed == right);
      if (asked) {
        ExpectOneRecord(code);
      }
    }
  }
}

TEST_F(StarvedTest, WindowOfTheLineHoldsWhateverIsLeft) {
  Enroll("root", 0);
  PamStack stack = Stack("window=0");
  for (int left = kFewest; left <= kMost; ++left) {
    SCOPED_TRACE(left);
    stack.OnStart([left] { Limit(left); });
    const int code = Try(stack, "root", Code(1));
    EXPECT_TRUE(IsRefusal(code)) << code;
    ExpectOneRecord(code);
  }
  stack.OnStart([] {});
  EXPECT_EQ(Try(Stack("window=1"), "root", Code(1)), PAM_SUCCESS);
}

TEST_F(StarvedTest, WindowOfTheLineHoldsInAProgramThatIsNotRoot) {
  Enroll("nobody", kNobodysUid);
  EXPECT_EQ(Try(Stack("window=0"), "nobody", Code(1), kNobodysUid), PAM_AUTH_ERR);
  // The administrator's window is 1.
  EXPECT_EQ(Try(Stack("window=10"), "nobody", Code(2), kNobodysUid), PAM_AUTH_ERR);
  EXPECT_EQ(Try(Stack("window=10"), "nobody", Code(1), kNobodysUid), PAM_SUCCESS);
}

// Eight digits may be a recovery code, which is shown to the daemon, but are not a code of this
// line.
TEST_F(StarvedTest, DigitsOfTheLineHoldWhereTheDaemonVerifies) {
  Enroll("nobody", kNobodysUid, /*digits=*/8);
  EXPECT_EQ(Try(Stack("digits=6"), "nobody", Code(), kNobodysUid), PAM_AUTH_ERR);
  EXPECT_EQ(Try(Stack("digits=8"), "nobody", Code(), kNobodysUid), PAM_SUCCESS);
}

TEST_F(StarvedTest, ClockIsNotLearnedWhereTheLineForbidsIt) {
  const std::vector<int> refused(3, PAM_AUTH_ERR);
  const std::vector<int> learned{PAM_AUTH_ERR, PAM_AUTH_ERR, PAM_SUCCESS};
  for (const auto& [user, uid] : {std::pair{"root", uid_t{0}}, std::pair{"nobody", kNobodysUid}}) {
    SCOPED_TRACE(user);
    Enroll(user, uid, /*digits=*/6, kMinInterval);
    WaitForNextStep();
    EXPECT_EQ(TryThreeCodesAhead(Stack("noskewadj"), user, uid, 5), refused);
    // Nothing was learned from those, or the first would be right.
    EXPECT_EQ(TryThreeCodesAhead(Stack(), user, uid, 6), learned);
  }
}

// As pam_twofactor(8) says about PAM_BUF_ERR.
TEST_F(StarvedTest, NineDescriptorsAreEnoughAndWithEightNobodyIsAsked) {
  constexpr int kStandard = STDERR_FILENO + 1;
  Enroll("root", 0);
  PamStack stack = Stack();
  stack.OnStart([] { Limit(kStandard + 9); });
  EXPECT_EQ(Try(stack, "root", WrongCode()), PAM_AUTH_ERR);
  EXPECT_EQ(Try(stack, "root", Code()), PAM_SUCCESS);
  // The daemon accepts it.
  EXPECT_EQ(Try(stack, "root", kRecoveryCode), PAM_SUCCESS);
  Enroll("nobody", kNobodysUid);
  EXPECT_EQ(Try(stack, "nobody", Code(), kNobodysUid), PAM_SUCCESS);
  stack.OnStart([] { Limit(kStandard + 8); });
  stack.OnPrompt([] { _exit(PAM_ABORT); });
  for (const auto& [user, uid] : {std::pair{"root", uid_t{0}}, std::pair{"nobody", kNobodysUid}}) {
    EXPECT_EQ(Try(stack, user, Code(), uid), PAM_BUF_ERR) << user;
    ExpectOneRecord(PAM_BUF_ERR);
  }
}

TEST_F(StarvedTest, DescriptorsThatAreGoneDuringThePromptHideNothing) {
  Enroll("root", 0);
  PamStack stack = Stack();
  stack.OnPrompt(TakeAll);
  EXPECT_EQ(Try(stack, "root", WrongCode()), PAM_AUTH_ERR);
  ExpectOneRecord(PAM_AUTH_ERR);
  // This needs the daemon.
  const int recovery = Try(stack, "root", kRecoveryCode);
  EXPECT_TRUE(IsRefusal(recovery)) << recovery;
  ExpectOneRecord(recovery);
  EXPECT_EQ(Try(stack, "root", Code()), PAM_SUCCESS);
  ExpectOneRecord(PAM_SUCCESS);
}

TEST_F(StarvedTest, NameThatCannotBeLookedUpIsNotUnknown) {
  Enroll("root", 0);
  for (int left = kFewest; left <= kMost; ++left) {
    SCOPED_TRACE(left);
    PamStack stack("auth [user_unknown=ignore default=die] MODULE user_unknown run_dir=" +
                   daemon_.paths().directory() + "\nauth required pam_permit.so");
    stack.OnStart([left] { Limit(left); });
    const int code = Try(stack, "root", WrongCode());
    EXPECT_TRUE(IsRefusal(code)) << code;
    ExpectOneRecord(code);
  }
}

TEST_F(StarvedTest, OptionalEnrollmentLetsNobodyInForWantOfDescriptors) {
  PamStack stack = Stack("enroll=optional");
  stack.OnStart([] { TakeAll(); });
  const int code = Try(stack, "root", "");
  EXPECT_TRUE(IsRefusal(code)) << code;
  ExpectOneRecord(code);
}

TEST_F(StarvedTest, StandardDescriptorsThatAreClosedStayClosed) {
  Enroll("root", 0);
  PamStack stack = Stack();
  stack.OnStart([] {
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
  });
  stack.OnPrompt([] {
    // Anything else that writes there would write to the ledger.
    for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      if (fcntl(standard, F_GETFD) >= 0) {
        _exit(PAM_ABORT);
      }
    }
  });
  const int wrong = Try(stack, "root", WrongCode());
  EXPECT_EQ(wrong, PAM_AUTH_ERR);
  ExpectOneRecord(wrong);
  EXPECT_EQ(Try(stack, "root", Code()), PAM_SUCCESS);
  stack.OnStart([] {
    CloseAllBut(0);
    Limit(kFewest);
  });
  const int starved = Try(stack, "root", WrongCode());
  EXPECT_TRUE(IsRefusal(starved)) << starved;
  ExpectOneRecord(starved);
}

TEST_F(StarvedTest, WithoutAJournalItIsInSyslog) {
  Enroll("root", 0);
  logs_.CloseJournal();
  ExpectWrongCodesAreRecorded(kFewest + 1);
}

TEST_F(StarvedTest, FullJournalSendsItToSyslog) {
  Enroll("root", 0);
  logs_.FillJournal();
  const pid_t program = fork();
  if (program == 0) {
    _exit(Stack().Login("root", {WrongCode()}).code);
  }
  int status = 0;
  waitpid(program, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), PAM_AUTH_ERR);
  EXPECT_EQ(logs_.TakeSyslog().size(), 1U);
}

// As in a chroot: nobody receives the record, and the login still works.
TEST_F(StarvedTest, WithoutJournalAndSyslogLoginsGoOn) {
  Enroll("root", 0);
  logs_.CloseJournal();
  logs_.CloseSyslog();
  EXPECT_EQ(Try(Stack(), "root", WrongCode()), PAM_AUTH_ERR);
  EXPECT_EQ(Try(Stack(), "root", Code()), PAM_SUCCESS);
}

}  // namespace
}  // namespace twofactor
