#ifndef TWOFACTOR_TESTS_UNIT_VAULT_TEST_KEY_H_
#define TWOFACTOR_TESTS_UNIT_VAULT_TEST_KEY_H_

namespace twofactor {

// A vault key, as its file has it.
inline constexpr const char* kKey =
    "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_UNIT_VAULT_TEST_KEY_H_
