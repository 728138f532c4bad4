// Tests what the module sends to journald: the bytes, and the receiver.
#include "pam_module/journal.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "common/base/one_line.h"
#include "common/base/unique_fd.h"
#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

bool SendToJournal(const JournalEntry& entry, const char* path) {
  const UniqueFd socket(OpenLogSocket());
  return SendDatagram(socket.get(), entry.bytes(), path);
}

// A datagram socket at `path`, like journald's.
UniqueFd Listen(const std::string& path) {
  UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  return socket;
}

TEST(JournalTest, AnEntryIsALineAField) {
  JournalEntry entry;
  entry.Add("MESSAGE", "hello");
  entry.Add("TWOFACTOR_RHOST", "");
  entry.Add("PRIORITY", "5");
  EXPECT_EQ(entry.bytes(), "MESSAGE=hello\nPRIORITY=5\n");
}

TEST(JournalTest, AHostileValueMakesNoFieldAndNoLine) {
  JournalEntry entry;
  entry.Add("TWOFACTOR_USER", "eve\nTWOFACTOR_OUTCOME=accepted\n\x1b[2J");
  EXPECT_EQ(entry.bytes(), "TWOFACTOR_USER=eve?TWOFACTOR_OUTCOME=accepted??[2J\n");
}

TEST(JournalTest, ALongValueIsCut) {
  JournalEntry entry;
  entry.Add("A", std::string(kLongestLogValue + 1, 'x'));
  EXPECT_EQ(entry.bytes(), "A=" + std::string(kLongestLogValue, 'x') + "\n");
}

// What does not fit is left out, and the rest stays well-formed.
TEST(JournalTest, AnEntryHasABound) {
  JournalEntry entry;
  for (int i = 0; i < 10; ++i) {
    entry.Add("A", std::string(kLongestLogValue, 'x'));
  }
  EXPECT_LE(entry.bytes().size(), JournalEntry::kMaxBytes);
  EXPECT_GT(entry.bytes().size(), JournalEntry::kMaxBytes - 4);
  EXPECT_EQ(entry.bytes().back(), '\n');
}

TEST(JournalTest, ItArrivesInOneDatagram) {
  TempDirectory directory;
  const std::string path = directory.path() + "/socket";
  const UniqueFd journal = Listen(path);
  JournalEntry entry;
  entry.Add("MESSAGE", "hello");
  ASSERT_TRUE(SendToJournal(entry, path.c_str()));
  std::array<char, 100> bytes = {};
  const ssize_t got = ::recv(journal.get(), bytes.data(), bytes.size(), 0);
  EXPECT_EQ(std::string(bytes.data(), got > 0 ? got : 0), "MESSAGE=hello\n");
}

// The kernel would report the user who started it, and everybody can start a program.
TEST(JournalTest, WhatASetuidProgramSaysIsRoots) {
  if (geteuid() != 0) {
    GTEST_SKIP() << "skipped: needs root";
  }
  constexpr uid_t kStarter = 65534;
  TempDirectory directory;
  const std::string path = directory.path() + "/socket";
  const UniqueFd journal = Listen(path);
  const int on = 1;
  ASSERT_EQ(setsockopt(journal.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on), 0);
  const pid_t program = fork();
  if (program == 0) {
    JournalEntry entry;
    entry.Add("MESSAGE", "hello");
    _exit(setresuid(kStarter, 0, 0) == 0 && SendToJournal(entry, path.c_str()) ? 0 : 1);
  }
  int status = 0;
  waitpid(program, &status, 0);
  ASSERT_EQ(status, 0);
  std::array<char, 100> bytes{};
  alignas(cmsghdr) std::array<unsigned char, CMSG_SPACE(sizeof(ucred))> control{};
  iovec text{bytes.data(), bytes.size()};
  msghdr message{};
  message.msg_iov = &text;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ASSERT_GT(recvmsg(journal.get(), &message, 0), 0);
  ASSERT_NE(CMSG_FIRSTHDR(&message), nullptr);
  ucred sender{};
  std::memcpy(&sender, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof sender);
  EXPECT_EQ(sender.uid, 0U);
  EXPECT_EQ(sender.pid, program);
}

TEST(JournalTest, AFullOrMissingJournalSaysSoAndNobodyWaits) {
  TempDirectory directory;
  const std::string path = directory.path() + "/socket";
  JournalEntry entry;
  entry.Add("MESSAGE", "hello");
  EXPECT_FALSE(SendToJournal(entry, path.c_str()));
  const UniqueFd journal = Listen(path);
  int sent = 0;
  while (sent < 1'000'000 && SendToJournal(entry, path.c_str())) {
    ++sent;
  }
  EXPECT_GT(sent, 0);
  EXPECT_LT(sent, 1'000'000);
}

}  // namespace
}  // namespace twofactor
