#include "common/otp/code.h"

#include <array>
#include <cstdint>
#include <utility>

#include "common/otp/otp_parameters.h"

namespace twofactor {
namespace {

// Characters that separate the groups of a code, or are pasted with it: blanks and line ends,
// no-break and thin blanks, zero-width characters, the byte order mark; hyphens and dashes.
constexpr std::array<std::string_view, 13> kBlanks = {" ",
                                                      "\t",
                                                      "\r",
                                                      "\n",
                                                      "\xC2\xA0",
                                                      "\xC2\xAD",
                                                      "\xE2\x80\x82",
                                                      "\xE2\x80\x83",
                                                      "\xE2\x80\x89",
                                                      "\xE2\x80\x8B",
                                                      "\xE2\x80\xAF",
                                                      "\xE2\x81\xA0",
                                                      "\xEF\xBB\xBF"};
constexpr std::array<std::string_view, 7> kDashes = {
    "-",           "\xE2\x80\x90", "\xE2\x80\x91", "\xE2\x80\x92", "\xE2\x80\x93", "\xE2\x80\x94",
    "\xE2\x88\x92"};

// Removes the first of `words` that `text` begins with.
template <std::size_t kCount>
bool TakeOne(const std::array<std::string_view, kCount>& words, std::string_view& text) {
  for (const std::string_view word : words) {
    if (text.substr(0, word.size()) == word) {
      text.remove_prefix(word.size());
      return true;
    }
  }
  return false;
}

// Calls `take` with each character of what was typed, except blanks, with dashes as '-', until
// `take` returns false. Returns whether it accepted all.
template <typename Take>
bool ForEachOfCode(std::string_view typed, Take take) {
  while (!typed.empty()) {
    if (TakeOne(kBlanks, typed)) {
      continue;
    }
    const bool dash = TakeOne(kDashes, typed);
    if (!take(dash ? '-' : typed.front())) {
      return false;
    }
    typed.remove_prefix(dash ? 0 : 1);
  }
  return true;
}

}  // namespace

SecretBytes ParseCode(std::string_view typed) {
  std::array<std::uint8_t, kMaxDigits> digits{};
  std::size_t count = 0;
  bool after_digit = false;
  const bool well_formed = ForEachOfCode(typed, [&](char character) {
    if (character == '-') {
      return std::exchange(after_digit, false);
    }
    after_digit = true;
    if (character < '0' || character > '9' || count == digits.size()) {
      return false;
    }
    digits[count++] = static_cast<std::uint8_t>(character);
    return true;
  });
  SecretBytes code = well_formed && after_digit
                         ? SecretBytes::CopyOf(std::span(digits.data(), count))
                         : SecretBytes();
  WipeMemory(digits.data(), digits.size());
  return code;
}

SecretBytes ParseRecoveryCode(std::string_view typed) {
  SecretBytes code(kRecoveryCharacters);
  std::size_t count = 0;
  bool only_digits = true;
  const bool well_formed = ForEachOfCode(typed, [&](char character) {
    if (character == '-') {
      return true;
    }
    if (character >= 'A' && character <= 'Z') {
      character = static_cast<char>(character - 'A' + 'a');
    }
    const bool digit = character >= '0' && character <= '9';
    only_digits = only_digits && digit;
    if ((!digit && kRecoveryAlphabet.find(character) == std::string_view::npos) ||
        count == code.size()) {
      return false;
    }
    code.mutable_bytes()[count++] = static_cast<std::uint8_t>(character);
    return true;
  });
  const bool ours = count == kRecoveryCharacters &&
                    code.text().find_first_not_of(kRecoveryAlphabet) == std::string_view::npos;
  if (!well_formed || (!ours && !(only_digits && count == kScratchDigits))) {
    return {};
  }
  code.Truncate(count);
  return code;
}

std::string InGroups(const SecretBytes& code) {
  constexpr std::size_t kGroup = 4;
  std::string text;
  for (std::size_t i = 0; i < code.size(); i += kGroup) {
    text += i == 0 ? "" : "-";
    text += code.text().substr(i, kGroup);
  }
  return text;
}

TypedCode TypedCode::Parse(std::string_view typed) {
  TypedCode parsed;
  parsed.Add(ParseCode(typed));
  parsed.SetRecovery(ParseRecoveryCode(typed));
  return parsed;
}

void TypedCode::Add(SecretBytes code) {
  if (!code.empty()) {
    codes_.push_back(std::move(code));
  }
}

const SecretBytes& TypedCode::OfLength(int digits) const {
  static const SecretBytes kNone;
  for (const SecretBytes& code : codes_) {
    if (code.size() == static_cast<std::size_t>(digits)) {
      return code;
    }
  }
  return kNone;
}

}  // namespace twofactor
