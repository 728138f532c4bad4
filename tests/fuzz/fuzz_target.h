#ifndef TWOFACTOR_TESTS_FUZZ_FUZZ_TARGET_H_
#define TWOFACTOR_TESTS_FUZZ_FUZZ_TARGET_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>

// What libFuzzer and the replay of the corpus call with one input. Returns 0.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace twofactor {

// Ends the process where a claim about an input does not hold, so that libFuzzer keeps the input.
inline void Claim(bool holds) {
  if (!holds) {
    std::abort();
  }
}

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_FUZZ_FUZZ_TARGET_H_
