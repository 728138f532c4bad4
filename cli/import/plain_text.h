#ifndef TWOFACTOR_CLI_IMPORT_PLAIN_TEXT_H_
#define TWOFACTOR_CLI_IMPORT_PLAIN_TEXT_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace twofactor {

// Of what a file says, in a report.
inline constexpr std::size_t kMaxShownBytes = 40;

// `text` of a file as it may stand in a report or a label: valid UTF-8 without control characters,
// which become '?', and at most `most_bytes` bytes of it, cut between characters. Pure.
std::string PlainText(std::string_view text, std::size_t most_bytes);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_PLAIN_TEXT_H_
