#include "cli/import/encodings.h"

#include <iconv.h>
#include <liboath/oath.h>
#include <openssl/evp.h>

#include <algorithm>
#include <string>
#include <utility>

#include "cli/import/text_lines.h"
#include "common/otp/base32.h"

namespace twofactor {
namespace {

constexpr std::size_t kBase32Group = 8;
constexpr std::size_t kBase64Group = 4;

bool IsBlank(char character) {
  return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

char* TextOf(SecretBytes& bytes) {
  void* const data = bytes.mutable_bytes().data();
  return static_cast<char*>(data);
}

char MeantLetter(char character) {
  switch (character) {
    case '0':
      return 'O';
    case '1':
      return 'L';
    case '8':
      return 'B';
    default:
      return character;
  }
}

bool IsBase32Letter(char character) {
  return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') ||
         (character >= '2' && character <= '7');
}

// Bits that make no whole byte are dropped, as pam_google_authenticator does; liboath refuses them.
std::size_t WithoutLeftover(std::size_t size) {
  const std::size_t last = size % kBase32Group;
  return last == 1 || last == 3 || last == 6 ? size - 1 : size;
}

// A copy of `text` without what does not count; size() is that of what does.
template <typename Counts>
SecretBytes Squeezed(std::string_view text, Counts counts) {
  SecretBytes squeezed(text.size());
  char* const end = std::copy_if(text.begin(), text.end(), TextOf(squeezed), counts);
  squeezed.Truncate(static_cast<std::size_t>(end - TextOf(squeezed)));
  return squeezed;
}

}  // namespace

std::optional<SecretBytes> DecodeLooseBase32(std::string_view text) {
  SecretBytes letters =
      Squeezed(text, [](char character) { return !IsBlank(character) && character != '-'; });
  const std::size_t padding = letters.text().find('=');
  if (padding != std::string_view::npos) {
    if (letters.text().find_first_not_of('=', padding) != std::string_view::npos) {
      return std::nullopt;
    }
    letters.Truncate(padding);
  }
  char* const first = TextOf(letters);
  std::transform(first, first + letters.size(), first, MeantLetter);
  // liboath does not see what is cut off.
  if (!std::all_of(first, first + letters.size(), IsBase32Letter)) {
    return std::nullopt;
  }
  letters.Truncate(WithoutLeftover(letters.size()));
  auto decoded = DecodeBase32(letters.text());
  if (letters.empty() || !decoded) {
    return std::nullopt;
  }
  return std::move(*decoded);
}

std::optional<SecretBytes> DecodeHex(std::string_view text) {
  // liboath wants a text that ends with a zero byte.
  SecretBytes ended(text.size() + 1);
  std::copy(text.begin(), text.end(), TextOf(ended));
  SecretBytes decoded(text.size() / 2);
  std::size_t size = decoded.size();
  if (decoded.empty() || text.find('\0') != std::string_view::npos ||
      oath_hex2bin(TextOf(ended), TextOf(decoded), &size) != OATH_OK) {
    return std::nullopt;
  }
  return decoded;
}

std::optional<SecretBytes> DecodeBase64Secret(std::string_view text) {
  const SecretBytes letters = Squeezed(text, [](char character) { return !IsBlank(character); });
  const std::size_t sense = std::min(letters.text().find('='), letters.size());
  const std::size_t padding = letters.size() - sense;
  // EVP_DecodeBlock takes padding anywhere, and counts the bytes that it stands for.
  if (letters.empty() || letters.size() % kBase64Group != 0 || padding > 2 ||
      letters.text().find_first_not_of('=', sense) != std::string_view::npos) {
    return std::nullopt;
  }
  SecretBytes decoded(letters.size());
  const int size = EVP_DecodeBlock(decoded.mutable_bytes().data(), letters.bytes().data(),
                                   static_cast<int>(letters.size()));
  if (size < 0 || static_cast<std::size_t>(size) <= padding) {
    return std::nullopt;
  }
  decoded.Truncate(static_cast<std::size_t>(size) - padding);
  return decoded;
}

std::optional<SecretBytes> DecodeLooseBase64(std::string_view text) {
  text = Trimmed(text);
  text = text.substr(0, text.find_last_not_of('=') + 1);
  SecretBytes letters(text.size() + (kBase64Group - text.size() % kBase64Group) % kBase64Group);
  char* const first = TextOf(letters);
  std::fill(std::transform(text.begin(), text.end(), first,
                           [](char character) {
                             return character == '-'   ? '+'
                                    : character == '_' ? '/'
                                    : character == ' ' ? '+'
                                                       : character;
                           }),
            first + letters.size(), '=');
  return DecodeBase64Secret(letters.text());
}

std::optional<SecretBytes> FromUtf16(std::string_view text) {
  const bool little = text.substr(0, 2) == "\xFF\xFE";
  if (!little && text.substr(0, 2) != "\xFE\xFF") {
    return std::nullopt;
  }
  // Two bytes of UTF-16 become three of UTF-8 at most.
  SecretBytes from = SecretBytes::CopyOf(text.substr(2));
  SecretBytes to(text.size() / 2 * 3);
  char* from_next = TextOf(from);
  char* to_next = TextOf(to);
  std::size_t from_left = from.size();
  std::size_t to_left = to.size();
  const iconv_t converter = iconv_open("UTF-8", little ? "UTF-16LE" : "UTF-16BE");
  // NOLINTNEXTLINE(performance-no-int-to-ptr): how iconv_open(3) fails.
  if (converter == reinterpret_cast<iconv_t>(-1)) {
    return std::nullopt;
  }
  const bool whole =
      iconv(converter, &from_next, &from_left, &to_next, &to_left) != static_cast<std::size_t>(-1);
  iconv_close(converter);
  to.Truncate(to.size() - to_left);
  return whole ? std::optional(std::move(to)) : std::nullopt;
}

}  // namespace twofactor
