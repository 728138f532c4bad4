#include "common/base/siphash.h"

#include <bit>
#include <cstddef>

namespace twofactor {
namespace {

constexpr std::size_t kWordBytes = 8;

struct SipState {
  std::uint64_t a, b, c, d;

  void Round() {
    a += b;
    b = std::rotl(b, 13) ^ a;
    a = std::rotl(a, 32);
    c += d;
    d = std::rotl(d, 16) ^ c;
    a += d;
    d = std::rotl(d, 21) ^ a;
    c += b;
    b = std::rotl(b, 17) ^ c;
    c = std::rotl(c, 32);
  }

  void Add(std::uint64_t word) {
    d ^= word;
    Round();
    Round();
    a ^= word;
  }

  std::uint64_t Finish() {
    c ^= 0xff;
    Round();
    Round();
    Round();
    Round();
    return a ^ b ^ c ^ d;
  }
};

std::uint64_t LittleEndian(std::span<const std::uint8_t> bytes) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    word |= std::uint64_t{bytes[i]} << (8 * i);
  }
  return word;
}

}  // namespace

std::uint64_t SipHash(const SipHashKey& key, std::span<const std::uint8_t> bytes) {
  SipState state{key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
                 key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573};
  std::span<const std::uint8_t> rest = bytes;
  for (; rest.size() >= kWordBytes; rest = rest.subspan(kWordBytes)) {
    state.Add(LittleEndian(rest.first(kWordBytes)));
  }
  state.Add(std::uint64_t{bytes.size()} << 56 | LittleEndian(rest));
  return state.Finish();
}

}  // namespace twofactor
