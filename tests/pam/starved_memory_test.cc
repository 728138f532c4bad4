// Tests applications that are short of memory: each allocation of a login through the built module
// fails in turn. Wherever that is, the login ends as it would with plenty or is refused, and one
// record says so.
//
// This program replaces malloc(3) for itself, libpam and the module. It never fails for the C
// library's loader, which ends a program without memory for a new thread-local variable. NSS has
// been used before, because its first use crashes without memory (glibc 2.36). The module checks
// for memory before it needs either.
#include <gtest/gtest.h>
#include <link.h>
#include <pwd.h>
#include <security/pam_appl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "tests/pam/log_sockets.h"
#include "tests/support/store_fixture.h"
#include "tests/support/temp_directory.h"

// glibc's own malloc(3).
extern "C" {
void* __libc_malloc(std::size_t size);                 // NOLINT(bugprone-reserved-identifier)
void* __libc_calloc(std::size_t count, std::size_t);   // NOLINT(bugprone-reserved-identifier)
void* __libc_realloc(void* memory, std::size_t size);  // NOLINT(bugprone-reserved-identifier)
}

namespace {

// The module's address range, once libpam has loaded it. libpam's allocations before it calls the
// module do not count: the module cannot record an attempt that it never gets.
struct Code {
  std::uintptr_t start = 0;
  std::uintptr_t end = 0;
  bool Has(const void* place) const {
    const auto at = reinterpret_cast<std::uintptr_t>(place);
    return at >= start && at < end;
  }
} module_code, loader_code;

// The number of allocations before one fails, from the module's first one on.
long left_until_failure = 0;
enum class Failing { kNone, kWaitsForModule, kCounts } failing = Failing::kNone;
// Whether only that one fails, or each after it as well.
bool fails_once = false;
bool has_failed = false;

int FindModule(dl_phdr_info* info, std::size_t, void*) {
  const bool is_module = std::strstr(info->dlpi_name, "pam_twofactor.so") != nullptr;
  if (is_module || std::strstr(info->dlpi_name, "ld-linux") != nullptr) {
    auto& code = is_module ? module_code : loader_code;
    for (int i = 0; i < info->dlpi_phnum; ++i) {
      const auto& part = info->dlpi_phdr[i];
      if (part.p_type == PT_LOAD && (part.p_flags & PF_X) != 0) {
        code.start = info->dlpi_addr + part.p_vaddr;
        code.end = code.start + part.p_memsz;
      }
    }
  }
  return 0;
}

bool Fails(const void* caller) {
  if (failing == Failing::kWaitsForModule && module_code.Has(caller)) {
    failing = Failing::kCounts;
  }
  if (failing != Failing::kCounts || loader_code.Has(caller) || left_until_failure-- > 0) {
    return false;
  }
  left_until_failure = 0;
  failing = fails_once ? Failing::kNone : Failing::kCounts;
  has_failed = true;
  errno = ENOMEM;
  return true;
}

}  // namespace

extern "C" {
__attribute__((visibility("default"))) void* malloc(std::size_t size) {
  return Fails(__builtin_return_address(0)) ? nullptr : __libc_malloc(size);
}
__attribute__((visibility("default"))) void* calloc(std::size_t count, std::size_t size) {
  return Fails(__builtin_return_address(0)) ? nullptr : __libc_calloc(count, size);
}
__attribute__((visibility("default"))) void* realloc(void* memory, std::size_t size) {
  return Fails(__builtin_return_address(0)) ? nullptr : __libc_realloc(memory, size);
}
}

namespace twofactor {
namespace {

class StarvedMemoryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!logs_.Enter()) {
      GTEST_SKIP() << "skipped: needs root and CAP_SYS_ADMIN";
    }
    getpwnam("root");
    logs_.OpenJournal();
    logs_.OpenSyslog();
    store_.clock.wall = SystemClock().Wall();
    store_.clock.boot = SystemClock().Boot();
    store_.settings.throttle.free_tries = 255;
    store_.Restart();
    store_.Enroll("root", 0, RfcSecret());
  }

  struct Ended {
    int code;
    bool failed;  // An allocation did.
  };
  // Logs in; the allocation with this number fails, after libpam has loaded the module.
  Ended Try(const std::string& options, const std::string& typed, long number, bool once) {
    logs_.Drain();
    WriteFile(confdir_ / "test", std::string("auth [success=ok ignore=ignore default=die] ") +
                                     MODULE_PATH + " run_dir=" + store_.paths().directory() + " " +
                                     options + "\nauth required pam_permit.so\n");
    const pid_t program = fork();
    if (program == 0) {
      pam_handle_t* handle = nullptr;
      const pam_conv conversation{Converse, const_cast<char*>(typed.c_str())};
      int code = pam_start_confdir("test", "root", &conversation, confdir_.path().c_str(), &handle);
      dl_iterate_phdr(FindModule, nullptr);
      fails_once = once;
      left_until_failure = number;
      failing = Failing::kWaitsForModule;
      code = code == PAM_SUCCESS ? pam_authenticate(handle, 0) : code;
      failing = Failing::kNone;
      _exit(code | (has_failed ? 0x80 : 0));
    }
    int status = 0;
    waitpid(program, &status, 0);
    EXPECT_TRUE(WIFEXITED(status)) << "killed by " << WTERMSIG(status) << " at " << number;
    return {WEXITSTATUS(status) & 0x7F, (WEXITSTATUS(status) & 0x80) != 0};
  }

  // The records of the last login, from syslog if the journal has none. libpam also logs there, in
  // the module's name, that it had no memory for a prompt.
  std::size_t Records() {
    records_ = logs_.TakeJournal();
    auto lines = logs_.TakeSyslog();
    if (records_.empty()) {
      records_ = std::move(lines);
    }
    return records_.size();
  }

  // Fails each allocation in turn, until a login needs no more.
  void ExpectRefusedAndRecorded(const std::string& options, bool once) {
    constexpr long kMany = 100'000;
    long number = 0;
    for (; number < kMany; ++number) {
      const Ended ended = Try(options, "000000", number, once);
      ASSERT_NE(ended.code, PAM_SUCCESS) << number;
      ASSERT_NE(ended.code, PAM_USER_UNKNOWN) << number;
      ASSERT_EQ(Records(), 1U) << number << " " << ended.code;
      if (!ended.failed) {
        break;
      }
    }
    EXPECT_GT(number, 10);
    EXPECT_LT(number, kMany);
  }

  // The application itself has memory.
  static int Converse(int count, const pam_message** messages, pam_response** responses,
                      void* typed) {
    const Failing before = std::exchange(failing, Failing::kNone);
    auto* replies = static_cast<pam_response*>(
        std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
    for (int i = 0; i < count; ++i) {
      const bool prompt = messages[i]->msg_style == PAM_PROMPT_ECHO_OFF;
      replies[i].resp = prompt ? strdup(static_cast<const char*>(typed)) : nullptr;
    }
    *responses = replies;
    failing = before;
    return PAM_SUCCESS;
  }

  TempDirectory confdir_;
  std::vector<std::string> records_;
  LogSockets logs_;
  StoreFixture store_;
};

TEST_F(StarvedMemoryTest, WrongCodeIsRefusedAndRecordedWhereverMemoryEnds) {
  ExpectRefusedAndRecorded("", /*once=*/false);
}

TEST_F(StarvedMemoryTest, WrongCodeIsRefusedAndRecordedWhicheverAllocationFails) {
  ExpectRefusedAndRecorded("", /*once=*/true);
}

TEST_F(StarvedMemoryTest, NoOptionLetsInForWantOfMemory) {
  ExpectRefusedAndRecorded("user_unknown nullok forward_pass", /*once=*/false);
}

TEST_F(StarvedMemoryTest, RightCodeThatIsRefusedSaysSo) {
  for (long number = 0; number < 100'000; ++number) {
    // Another secret, so that its codes are unused.
    store_.Enroll("root", 0, SecretBytes::CopyOf("secret no. " + std::to_string(100'000 + number)));
    store_.clock.wall = SystemClock().Wall();
    const Ended ended = Try("", std::string(store_.CodeOf("root").text()), number, /*once=*/false);
    ASSERT_EQ(Records(), 1U) << number;
    const bool accepted = records_[0].find("TWOFACTOR_OUTCOME=accepted") != std::string::npos;
    EXPECT_TRUE(accepted || ended.code != PAM_SUCCESS) << number;
    if (!ended.failed) {
      EXPECT_EQ(ended.code, PAM_SUCCESS);
      break;
    }
  }
}

}  // namespace
}  // namespace twofactor
