// The program's operator delete overwrites what it frees. Secrets that the daemon keeps are
// SecretBytes; but an answer that shows a new secret, or a call that brings a code, is JSON and
// text on its way through libraries that know nothing of secrets, and each of their copies ends
// here.
//
// Not in builds for sanitizers, whose operators these are.
#include <malloc.h>

#include <cstdlib>
#include <new>

#include "common/base/secret_bytes.h"

namespace {

// malloc_usable_size(3), and not the size that some forms are told: what follows it may have been
// written, too.
void WipeAndFree(void* memory) {
  if (memory != nullptr) {
    twofactor::WipeMemory(memory, malloc_usable_size(memory));
    std::free(memory);
  }
}

}  // namespace

void operator delete(void* memory) noexcept { WipeAndFree(memory); }
void operator delete[](void* memory) noexcept { WipeAndFree(memory); }
void operator delete(void* memory, std::size_t) noexcept { WipeAndFree(memory); }
void operator delete[](void* memory, std::size_t) noexcept { WipeAndFree(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { WipeAndFree(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { WipeAndFree(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { WipeAndFree(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  WipeAndFree(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept { WipeAndFree(memory); }
void operator delete[](void* memory, const std::nothrow_t&) noexcept { WipeAndFree(memory); }
