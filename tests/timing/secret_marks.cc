#include "tests/timing/secret_marks.h"

#include <liboath/oath.h>
#include <openssl/hmac.h>
#include <valgrind/memcheck.h>

#include <ctime>

// The linker puts these in the place of the functions that they are named after (--wrap).
extern "C" {
int RealTotp(const char* secret, size_t secret_length, time_t now, unsigned step_size, time_t start,
             unsigned digits, int flags, char* output) __asm__("__real_oath_totp_generate2");
int MarkedTotp(const char* secret, size_t secret_length, time_t now, unsigned step_size,
               time_t start, unsigned digits, int flags,
               char* output) __asm__("__wrap_oath_totp_generate2");
int RealHotp(const char* secret, size_t secret_length, uint64_t counter, unsigned digits,
             bool checksum, size_t truncation, char* output) __asm__("__real_oath_hotp_generate");
int MarkedHotp(const char* secret, size_t secret_length, uint64_t counter, unsigned digits,
               bool checksum, size_t truncation, char* output) __asm__("__wrap_oath_hotp_generate");
unsigned char* RealHmac(const EVP_MD* digest, const void* key, int key_size,
                        const unsigned char* data, size_t size, unsigned char* mac,
                        unsigned* mac_size) __asm__("__real_HMAC");
unsigned char* MarkedHmac(const EVP_MD* digest, const void* key, int key_size,
                          const unsigned char* data, size_t size, unsigned char* mac,
                          unsigned* mac_size) __asm__("__wrap_HMAC");
bool RealEquals(const twofactor::SecretBytes* self, const twofactor::SecretBytes& other) __asm__(
    "__real__ZNK9twofactor11SecretBytes6EqualsERKS0_");
bool DeclassifiedEquals(
    const twofactor::SecretBytes* self,
    const twofactor::SecretBytes& other) __asm__("__wrap__ZNK9twofactor11SecretBytes6EqualsERKS0_");
}

namespace twofactor::timing {
namespace {

std::uint64_t secret_verdicts = 0;

}  // namespace

SecretBytes Secret(SecretBytes bytes) {
  VALGRIND_MAKE_MEM_UNDEFINED(bytes.mutable_bytes().data(), bytes.size());
  return bytes;
}

SecretBytes Public(SecretBytes bytes) {
  VALGRIND_MAKE_MEM_DEFINED(bytes.mutable_bytes().data(), bytes.size());
  return bytes;
}

std::uint64_t SecretVerdicts() { return secret_verdicts; }

}  // namespace twofactor::timing

int MarkedTotp(const char* secret, size_t secret_length, time_t now, unsigned step_size,
               time_t start, unsigned digits, int flags, char* output) {
  const int status = RealTotp(secret, secret_length, now, step_size, start, digits, flags, output);
  VALGRIND_MAKE_MEM_UNDEFINED(output, digits);
  return status;
}

int MarkedHotp(const char* secret, size_t secret_length, uint64_t counter, unsigned digits,
               bool checksum, size_t truncation, char* output) {
  const int status = RealHotp(secret, secret_length, counter, digits, checksum, truncation, output);
  VALGRIND_MAKE_MEM_UNDEFINED(output, digits);
  return status;
}

unsigned char* MarkedHmac(const EVP_MD* digest, const void* key, int key_size,
                          const unsigned char* data, size_t size, unsigned char* mac,
                          unsigned* mac_size) {
  unsigned char* const made = RealHmac(digest, key, key_size, data, size, mac, mac_size);
  VALGRIND_MAKE_MEM_UNDEFINED(mac, *mac_size);
  return made;
}

bool DeclassifiedEquals(const twofactor::SecretBytes* self, const twofactor::SecretBytes& other) {
  bool verdict = RealEquals(self, other);
  unsigned char marks = 0;
  static_cast<void>(VALGRIND_GET_VBITS(&verdict, &marks, sizeof verdict));
  twofactor::timing::secret_verdicts += marks != 0 ? 1 : 0;
  VALGRIND_MAKE_MEM_DEFINED(&verdict, sizeof verdict);
  return verdict;
}
