#include "common/base/siphash.h"

#include <gtest/gtest.h>

#include <numeric>
#include <vector>

namespace twofactor {
namespace {

// The key and the input of the paper's appendix A: 00 01 02 …
constexpr SipHashKey kKey = {0x0706050403020100, 0x0f0e0d0c0b0a0908};

std::uint64_t HashOfBytes(std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  return SipHash(kKey, bytes);
}

// From the paper, and from the vectors that come with the reference implementation.
TEST(SipHashTest, VectorsOfTheAuthors) {
  EXPECT_EQ(HashOfBytes(15), 0xa129ca6149be45e5);
  EXPECT_EQ(HashOfBytes(0), 0x726fdb47dd0e0e31);
  EXPECT_EQ(HashOfBytes(1), 0x74f839c593dc67fd);
  EXPECT_EQ(HashOfBytes(8), 0x93f5f5799a932462);
}

TEST(SipHashTest, HashDependsOnTheKey) { EXPECT_NE(SipHash({1, 2}, {}), SipHash({1, 3}, {})); }

}  // namespace
}  // namespace twofactor
