#include "helperd/accounts/child.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "helperd/accounts/tool.h"
#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

using testing::HasSubstr;

SteadyMoment In(std::chrono::milliseconds wait) { return std::chrono::steady_clock::now() + wait; }

constexpr std::chrono::milliseconds kLong{10000};

Result<ChildOutput> RunChild(const std::function<int()>& work,
                             std::chrono::milliseconds wait = kLong) {
  auto child = std::move(Child::Start("the work", work)).value();
  return child.Finish(In(wait));
}

TEST(ChildTest, StatusAndBothOutputsAreHandedOver) {
  const auto output = RunChild([] {
                        dprintf(1, "out");
                        dprintf(2, "err");
                        return 3;
                      }).value();
  EXPECT_EQ(output.status, 3);
  EXPECT_EQ(output.out, "out");
  EXPECT_EQ(output.err, "err");
}

TEST(ChildTest, ChildHasNoFileButItsOwnThree) {
  const int secret = open("/proc/self/status", O_RDONLY);
  const auto output = RunChild([secret] {
    char byte = 0;
    return (fcntl(secret, F_GETFD) >= 0 ? 1 : 0) + (read(0, &byte, 1) != 0 ? 2 : 0);
  });
  close(secret);
  EXPECT_EQ(output.value().status, 0);
}

TEST(ChildTest, ChildThatHangsIsATimeoutThatNamesIt) {
  const auto output = RunChild([] { return pause(); }, std::chrono::milliseconds(50));
  EXPECT_EQ(output.error().code(), ErrorCode::kTimedOut);
  EXPECT_THAT(output.error().message(), HasSubstr("the work"));
}

TEST(ChildTest, ChildThatWritesWithoutEndIsStopped) {
  const auto output = RunChild([] {
                        const std::string block(1 << 20, 'x');
                        while (write(1, block.data(), block.size()) > 0) {
                        }
                        return 0;
                      }).value();
  EXPECT_EQ(output.status, 128 + SIGXFSZ);
  EXPECT_LE(output.out.size(), Child::kMaxOutputBytes);
}

TEST(ChildTest, CrashHasItsOwnStatus) {
  EXPECT_EQ(RunChild([] { return raise(SIGKILL); }).value().status, 128 + SIGKILL);
}

class ToolTest : public testing::Test {
 protected:
  void Install(const std::string& name, const std::string& script) {
    std::ofstream(directory_ / name) << "#!/bin/sh\n" << script;
    chmod((directory_ / name).c_str(), 0700);
  }
  Result<std::optional<ChildOutput>> Ask(const std::string& name,
                                         std::vector<std::string> arguments) {
    auto tool = Tool::Start({directory_ / "none", directory_.path()}, name, std::move(arguments));
    return *tool ? (*tool)->Finish(In(kLong)) : Result<std::optional<ChildOutput>>(std::nullopt);
  }

  TempDirectory directory_;
};

TEST_F(ToolTest, MissingToolGivesNothing) { EXPECT_EQ(Ask("missing", {}).value(), std::nullopt); }

TEST_F(ToolTest, ArgumentsAreNotReadByAShell) {
  Install("tool", "printf %s \"$1\"");
  EXPECT_EQ(Ask("tool", {"$(id); `x` 'y'"}).value()->out, "$(id); `x` 'y'");
}

TEST_F(ToolTest, EnvironmentIsNotInherited) {
  setenv("LEAK", "secret", 1);
  Install("tool", "env");
  const std::string seen = Ask("tool", {}).value()->out;
  EXPECT_THAT(seen, HasSubstr("LC_ALL=C.UTF-8"));
  EXPECT_EQ(seen.find("LEAK"), std::string::npos);
}

TEST_F(ToolTest, ErrorQuotesOneLineWithoutControlCharacters) {
  const Error error = ToolFailed("tool", {1, "", "bad \x1b[31mthing\nmore\n"});
  EXPECT_EQ(error.message(), "tool failed with status 1: bad ?[31mthing");
}

}  // namespace
}  // namespace twofactor
