// What a SecretBytes leaves in the memory that it gives back: the program's operator delete[]
// looks.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <new>
#include <optional>
#include <utility>

#include "common/base/secret_bytes.h"

namespace {

const void* watched = nullptr;
std::size_t watched_bytes = 0;
std::optional<bool> wiped;

void Look(void* memory) {
  if (memory != nullptr && memory == watched) {
    const auto* bytes = static_cast<const unsigned char*>(memory);
    wiped = std::all_of(bytes, bytes + watched_bytes, [](unsigned char byte) { return byte == 0; });
    watched = nullptr;
  }
}

}  // namespace

void* operator new[](std::size_t size) {
  void* memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) {
    std::abort();
  }
  return memory;
}
void operator delete[](void* memory) noexcept {
  Look(memory);
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  Look(memory);
  std::free(memory);
}

namespace twofactor {
namespace {

constexpr std::string_view kText = "a secret that nobody finds";

class SecretWipeTest : public testing::Test {
 protected:
  SecretWipeTest() { wiped.reset(); }

  static void Watch(const SecretBytes& secret) {
    watched = secret.bytes().data();
    watched_bytes = secret.size();
  }
};

TEST_F(SecretWipeTest, DestructionLeavesZeroes) {
  {
    const SecretBytes secret = SecretBytes::CopyOf(kText);
    Watch(secret);
  }
  EXPECT_EQ(wiped, true);
}

TEST_F(SecretWipeTest, AssignmentLeavesZeroesOfWhatWasThere) {
  SecretBytes secret = SecretBytes::CopyOf(kText);
  Watch(secret);
  secret = SecretBytes::CopyOf("another");
  EXPECT_EQ(wiped, true);
}

TEST_F(SecretWipeTest, TruncatedBytesAreZeroInTheFreedMemory) {
  {
    SecretBytes secret = SecretBytes::CopyOf(kText);
    Watch(secret);
    secret.Truncate(3);
  }
  EXPECT_EQ(wiped, true);
}

TEST_F(SecretWipeTest, MoveTransfersTheMemoryAndMakesNoCopy) {
  SecretBytes from = SecretBytes::CopyOf(kText);
  const void* memory = from.bytes().data();
  Watch(from);
  {
    const SecretBytes to = std::move(from);
    EXPECT_EQ(to.bytes().data(), memory);
    EXPECT_EQ(wiped, std::nullopt);
  }
  EXPECT_EQ(wiped, true);
}

TEST_F(SecretWipeTest, AssigningToItselfKeepsTheSecret) {
  SecretBytes secret = SecretBytes::CopyOf(kText);
  SecretBytes& same = secret;
  secret = std::move(same);
  EXPECT_EQ(secret.text(), kText);
}

}  // namespace
}  // namespace twofactor
