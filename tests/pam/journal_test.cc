// What the module sends to journald: the bytes, and who gets them.
#include "pam_module/journal.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>

#include "common/base/one_line.h"
#include "common/base/unique_fd.h"
#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

// A datagram socket at `path`, as journald has one.
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
