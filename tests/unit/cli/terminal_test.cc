#include "cli/terminal.h"

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
#include <thread>

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
