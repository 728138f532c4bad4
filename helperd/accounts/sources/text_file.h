#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_TEXT_FILE_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_TEXT_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace twofactor {

// Returns the text of one of the system's files, empty if it does not exist. Fails with
// kUnavailable if it cannot be read, is not a regular file, or is longer than 16 MiB.
Result<std::string> ReadSystemFile(const std::string& path);

// Returns the lines of a text, without their ends.
std::vector<std::string_view> LinesOf(std::string_view text);
// Returns the fields of a line; adjacent separators enclose an empty field.
std::vector<std::string_view> FieldsOf(std::string_view line, char separator);
// Returns the words of a line, separated by blanks and tabs.
std::vector<std::string_view> WordsOf(std::string_view line);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_TEXT_FILE_H_
