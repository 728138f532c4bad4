#include "cli/terminal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <clocale>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/base/unique_fd.h"

namespace twofactor {
namespace {

// Standard input, output and error are a terminal of so many columns while it lives.
class PtyAsStandard {
 public:
  explicit PtyAsStandard(unsigned short columns) {
    winsize size{24, columns, 0, 0};
    int master = -1;
    int slave = -1;
    EXPECT_EQ(openpty(&master, &slave, nullptr, nullptr, &size), 0);
    master_.Reset(master);
    const UniqueFd terminal(slave);
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      kept_[i].Reset(dup(static_cast<int>(i)));
      dup2(slave, static_cast<int>(i));
    }
  }
  ~PtyAsStandard() {
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      dup2(kept_[i].get(), static_cast<int>(i));
    }
  }
  PtyAsStandard(const PtyAsStandard&) = delete;
  PtyAsStandard& operator=(const PtyAsStandard&) = delete;

  void Type(const std::string& text) const {
    EXPECT_EQ(write(master_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  // What came out up to and with `last`, or until ten seconds brought no more. The kernel hands out
  // the echo and what was printed when it gets to it, and not always in one piece.
  std::string ShownUntil(const std::string& last) const {
    std::string shown;
    pollfd readable{master_.get(), POLLIN, 0};
    while (shown.find(last) == std::string::npos && poll(&readable, 1, 10000) == 1) {
      std::array<char, 256> buffer{};
      const ssize_t count = read(master_.get(), buffer.data(), buffer.size());
      shown.append(buffer.data(), count < 0 ? 0 : static_cast<std::size_t>(count));
    }
    return shown;
  }

 private:
  UniqueFd master_;
  std::array<UniqueFd, 3> kept_;
};

// What the terminal says of itself on a terminal with this environment.
struct Answers {
  bool interactive;
  bool coloured;
  bool unicode;
  int columns;
};

Answers Ask(unsigned short columns, bool as_json = false) {
  const PtyAsStandard pty(columns);
  const StandardTerminal terminal(as_json);
  return {terminal.IsInteractive(), terminal.UsesColour(), terminal.ShowsUnicode(),
          terminal.Columns()};
}

class TerminalTest : public testing::Test {
 protected:
  TerminalTest() {
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    std::setlocale(LC_CTYPE, "C.UTF-8");
  }
  ~TerminalTest() override { std::setlocale(LC_CTYPE, "C"); }
};

TEST_F(TerminalTest, OrdinaryTerminalHasColourAndPictures) {
  const Answers answers = Ask(132);
  EXPECT_TRUE(answers.interactive);
  EXPECT_TRUE(answers.coloured);
  EXPECT_TRUE(answers.unicode);
  EXPECT_EQ(answers.columns, 132);
  EXPECT_TRUE(Ask(80, /*as_json=*/true).unicode);
}

TEST_F(TerminalTest, NoColorTakesTheColourAwayAndLeavesThePicture) {
  setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(Ask(80).coloured);
  EXPECT_TRUE(Ask(80).unicode);
  // no-color.org: an empty value is none.
  setenv("NO_COLOR", "", 1);
  EXPECT_TRUE(Ask(80).coloured);
}

TEST_F(TerminalTest, DumbTerminalHasNeither) {
  for (const char* kind : {"dumb", static_cast<const char*>(nullptr)}) {
    if (kind == nullptr) {
      unsetenv("TERM");
    } else {
      setenv("TERM", kind, 1);
    }
    EXPECT_FALSE(Ask(80).coloured);
    EXPECT_FALSE(Ask(80).unicode);
    EXPECT_TRUE(Ask(80).interactive);
  }
}

TEST_F(TerminalTest, TerminalsOfDecHaveNoColor) {
  for (const char* kind : {"vt100", "vt220-8bit", "xterm-mono", "linux-m"}) {
    setenv("TERM", kind, 1);
    EXPECT_FALSE(Ask(80).coloured) << kind;
    EXPECT_TRUE(Ask(80).unicode) << kind;
  }
}

// What ssh forwards from other systems (tests/samples).
TEST_F(TerminalTest, LocaleThatNamesUtf8AndIsNotInstalledHasThePicture) {
  for (const char* name : {"UTF-8", "xx_YY.UTF-8", "xx_YY.utf8@euro"}) {
    std::setlocale(LC_CTYPE, "C");
    setenv("LC_ALL", name, 1);
    TakeLocaleOfTerminal();
    EXPECT_TRUE(Ask(80).unicode) << name;
  }
  for (const char* name : {"xx_YY", "C", "xx_YY.ISO-8859-1"}) {
    std::setlocale(LC_CTYPE, "C");
    setenv("LC_ALL", name, 1);
    TakeLocaleOfTerminal();
    EXPECT_FALSE(Ask(80).unicode) << name;
  }
  unsetenv("LC_ALL");
}

TEST_F(TerminalTest, OutputIsCheckedBeforeItIsNeeded) {
  const UniqueFd kept(dup(STDOUT_FILENO));
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const UniqueFd writing(ends[1]);
  close(ends[0]);
  const UniqueFd full(open("/dev/full", O_WRONLY | O_CLOEXEC));
  const UniqueFd nowhere(open("/dev/null", O_WRONLY | O_CLOEXEC));
  const UniqueFd readable(open("/dev/null", O_RDONLY | O_CLOEXEC));
  std::vector<bool> writable;
  for (const int output : {writing.get(), full.get(), nowhere.get(), readable.get()}) {
    dup2(output, STDOUT_FILENO);
    writable.push_back(StandardTerminal(false).CheckOutput().has_value());
    dup2(kept.get(), STDOUT_FILENO);
  }
  EXPECT_EQ(writable, (std::vector<bool>{false, false, true, false}));
}

TEST_F(TerminalTest, OtherLocaleHasNoPicture) {
  std::setlocale(LC_CTYPE, "C");
  EXPECT_TRUE(Ask(80).coloured);
  EXPECT_FALSE(Ask(80).unicode);
}

TEST_F(TerminalTest, WhatIsNoTerminalHasNeitherAndEightyColumns) {
  const UniqueFd kept(dup(STDOUT_FILENO));
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  dup2(ends[1], STDOUT_FILENO);
  const StandardTerminal terminal(false);
  const bool coloured = terminal.UsesColour();
  const bool unicode = terminal.ShowsUnicode();
  const int columns = terminal.Columns();
  dup2(kept.get(), STDOUT_FILENO);
  close(ends[0]);
  close(ends[1]);
  EXPECT_FALSE(coloured);
  EXPECT_FALSE(unicode);
  EXPECT_EQ(columns, 80);
}

TEST_F(TerminalTest, TerminalThatDoesNotKnowItsSizeHasEightyColumns) {
  EXPECT_EQ(Ask(0).columns, 80);
}

TEST_F(TerminalTest, LineIsAskedForAndReadWithoutItsEnd) {
  std::optional<SecretBytes> line;
  std::string shown;
  {
    const PtyAsStandard pty(80);
    pty.Type("123 456\n");
    line = StandardTerminal(false).Ask("Code: ");
    shown = pty.ShownUntil("Code: ");
  }
  ASSERT_TRUE(line);
  EXPECT_EQ(line->text(), "123 456");
  EXPECT_NE(shown.find("Code: "), std::string::npos);
}

// A person who pastes, or a program, answers in the moment in which the question is there.
TEST_F(TerminalTest, WhatIsTypedIsHiddenBeforeThePassphraseIsAskedFor) {
  for (int times = 0; times < 200; ++times) {
    std::optional<SecretBytes> line;
    std::string shown;
    {
      const PtyAsStandard pty(80);
      std::thread person([&pty, &shown] {
        shown = pty.ShownUntil("Passphrase: ");
        pty.Type("open sesame\n");
        shown += pty.ShownUntil("\n");
        if (shown.find("sesame") != std::string::npos) {
          pty.Type("or nothing, if it was lost\n");
        }
      });
      line = StandardTerminal(false).AskHidden("Passphrase: ");
      person.join();
    }
    ASSERT_TRUE(line);
    ASSERT_EQ(line->text(), "open sesame");
    ASSERT_EQ(shown.find("sesame"), std::string::npos) << times;
  }
}

TEST_F(TerminalTest, PassphraseIsNotShownAndTheTerminalIsAsItWasAfterwards) {
  std::optional<SecretBytes> line;
  std::string shown;
  termios before{};
  termios after{};
  {
    const PtyAsStandard pty(80);
    tcgetattr(STDIN_FILENO, &before);
    std::thread person([&pty, &shown] {
      shown = pty.ShownUntil("Passphrase: ");
      pty.Type("open sesame\n");
      shown += pty.ShownUntil("\n");
    });
    line = StandardTerminal(false).AskHidden("Passphrase: ");
    person.join();
    tcgetattr(STDIN_FILENO, &after);
  }
  ASSERT_TRUE(line);
  EXPECT_EQ(line->text(), "open sesame");
  EXPECT_EQ(shown.find("sesame"), std::string::npos);
  EXPECT_EQ(after.c_lflag, before.c_lflag);
}

// Standard input and standard error are pipes while it lives, as under ssh without -t.
class PipesAsStandard {
 public:
  PipesAsStandard() {
    std::array<int, 2> in{};
    std::array<int, 2> error{};
    EXPECT_EQ(pipe(in.data()), 0);
    EXPECT_EQ(pipe(error.data()), 0);
    kept_in_.Reset(dup(STDIN_FILENO));
    kept_error_.Reset(dup(STDERR_FILENO));
    dup2(in[0], STDIN_FILENO);
    dup2(error[1], STDERR_FILENO);
    close(in[0]);
    close(error[1]);
    in_.Reset(in[1]);
    error_.Reset(error[0]);
  }
  ~PipesAsStandard() {
    dup2(kept_in_.get(), STDIN_FILENO);
    dup2(kept_error_.get(), STDERR_FILENO);
  }
  PipesAsStandard(const PipesAsStandard&) = delete;
  PipesAsStandard& operator=(const PipesAsStandard&) = delete;

  void Type(const std::string& text) const {
    EXPECT_EQ(write(in_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  // What was said up to and with `last`, or until `timeout` brought no more.
  std::string SaidUntil(const std::string& last, int timeout_ms) const {
    std::string said;
    pollfd readable{error_.get(), POLLIN, 0};
    while (said.find(last) == std::string::npos && poll(&readable, 1, timeout_ms) == 1) {
      std::array<char, 256> buffer{};
      const ssize_t count = read(error_.get(), buffer.data(), buffer.size());
      said.append(buffer.data(), count < 0 ? 0 : static_cast<std::size_t>(count));
    }
    return said;
  }

 private:
  UniqueFd in_;
  UniqueFd error_;
  UniqueFd kept_in_;
  UniqueFd kept_error_;
};

TEST_F(TerminalTest, QuestionWithoutATerminalNamesSshTWhileItWaits) {
  std::optional<SecretBytes> line;
  std::string said;
  {
    const PipesAsStandard pipes;
    // Answers only once it was told what is awaited.
    std::thread person([&pipes, &said] {
      said = pipes.SaidUntil("to get one", 10000);
      pipes.Type("123456\n");
    });
    line = StandardTerminal(false).Ask("Code that your app shows now: ");
    person.join();
  }
  ASSERT_TRUE(line);
  EXPECT_EQ(line->text(), "123456");
  EXPECT_NE(said.find("Code that your app shows now: "), std::string::npos) << said;
  EXPECT_NE(said.find("ssh -t HOST twofactorctl"), std::string::npos) << said;
}

TEST_F(TerminalTest, ScriptThatAnswersAtOnceIsToldNothing) {
  const PipesAsStandard pipes;
  pipes.Type("123456\n");
  const auto line = StandardTerminal(false).Ask("Code: ");
  EXPECT_EQ(line->text(), "123456");
  EXPECT_EQ(pipes.SaidUntil("Code", 0), "");
}

TEST_F(TerminalTest, LinesOfAPipeAreReadOneByOneAndTheEndIsNone) {
  const UniqueFd kept(dup(STDIN_FILENO));
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const std::string text = "one\n\n" + std::string(1000, 'x') + "\nlast";
  ASSERT_EQ(write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  close(ends[1]);
  dup2(ends[0], STDIN_FILENO);
  close(ends[0]);
  std::vector<std::string> lines;
  StandardTerminal terminal(false);
  for (auto line = terminal.Ask("never shown"); line; line = terminal.Ask("never shown")) {
    lines.emplace_back(line->text());
  }
  dup2(kept.get(), STDIN_FILENO);
  // A line that is too long for any code or password is cut, and what follows is not taken for one.
  EXPECT_EQ(lines, (std::vector<std::string>{"one", "", std::string(256, 'x'), "last"}));
}

}  // namespace
}  // namespace twofactor
