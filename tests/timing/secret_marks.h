#ifndef TWOFACTOR_TESTS_TIMING_SECRET_MARKS_H_
#define TWOFACTOR_TESTS_TIMING_SECRET_MARKS_H_

#include <cstdint>

#include "common/base/secret_bytes.h"

// For programs that run under valgrind's memcheck: what is secret is marked as undefined, so that a
// branch or an address that depends on it is reported. Codes of liboath and MACs of OpenSSL are
// marked where they are made, and the verdict of SecretBytes::Equals, which everybody may know, is
// not secret any more. Not thread-safe.
namespace twofactor::timing {

// The same bytes, as a secret.
SecretBytes Secret(SecretBytes bytes);
// And as what somebody typed.
SecretBytes Public(SecretBytes bytes);

// How many verdicts of SecretBytes::Equals depended on a secret, up to now.
std::uint64_t SecretVerdicts();

}  // namespace twofactor::timing

#endif  // TWOFACTOR_TESTS_TIMING_SECRET_MARKS_H_
