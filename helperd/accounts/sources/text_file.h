#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_TEXT_FILE_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_TEXT_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace twofactor {

// The text of one of the system's files, empty where there is none. Fails with kUnavailable where
// it cannot be read, is not a regular file, or is longer than 16 MiB.
Result<std::string> ReadSystemFile(const std::string& path);

// The lines of a text, without their ends.
std::vector<std::string_view> LinesOf(std::string_view text);
// The fields of a line; adjacent separators hold an empty field.
std::vector<std::string_view> FieldsOf(std::string_view line, char separator);
// The words of a line, divided by blanks and tabs.
std::vector<std::string_view> WordsOf(std::string_view line);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_TEXT_FILE_H_
