#ifndef TWOFACTOR_TESTS_SUPPORT_SANITIZED_H_
#define TWOFACTOR_TESTS_SUPPORT_SANITIZED_H_

namespace twofactor {

// Is this a sanitizer's build (cmake/CompilerOptions.cmake)? It looks at each step by itself and is
// ten times as slow: a test that counts on many trials makes fewer there, and all of them in the
// plain build.
#ifdef TWOFACTOR_SANITIZED
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_SUPPORT_SANITIZED_H_
