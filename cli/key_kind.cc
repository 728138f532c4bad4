#include "cli/key_kind.h"
#include "cli/translate.h"

#include <array>
#include <fstream>

namespace twofactor {
namespace {

// A credential is base64 of a header that begins with the 16 bytes of its kind
// (systemd's creds-util.h): 20 characters are its first 15.
constexpr std::size_t kCharacters = 20;
struct KnownKind {
  std::string_view begins;
  KeyKind kind;
};
constexpr std::array kKnownKinds = {KnownKind{"Whxqht+dQJax1aZeCGLx", KeyKind::kHost},
                                    KnownKind{"DHzAexF2RZGcSwvqCLwg", KeyKind::kTpm},
                                    KnownKind{"k6iUCUh0RJCQyvL8k8q1", KeyKind::kHostTpm}};

}  // namespace

KeyKind KindOfSealedKey(const std::string& path) {
  std::ifstream file(path);
  std::array<char, kCharacters> start{};
  file.read(start.data(), start.size());
  for (const KnownKind& known : kKnownKinds) {
    if (known.begins == std::string_view(start.data(), start.size())) {
      return known.kind;
    }
  }
  return KeyKind::kSealed;
}

std::string_view NameOf(KeyKind kind) {
  switch (kind) {
    case KeyKind::kFile:
      return "file";
    case KeyKind::kHost:
      return "host";
    case KeyKind::kTpm:
      return "tpm";
    case KeyKind::kHostTpm:
      return "host+tpm";
    case KeyKind::kSealed:
      return "sealed";
  }
  return "";
}

std::string TextOf(KeyKind kind) {
  switch (kind) {
    case KeyKind::kFile:
      return Say("a file that is not sealed");
    case KeyKind::kHost:
      return Say("bound to this installation");
    case KeyKind::kTpm:
      return Say("bound to the TPM of this machine");
    case KeyKind::kHostTpm:
      return Say("bound to the TPM of this machine and to this installation");
    case KeyKind::kSealed:
      return Say("sealed");
  }
  return {};
}

}  // namespace twofactor
