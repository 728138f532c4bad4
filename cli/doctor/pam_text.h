#ifndef TWOFACTOR_CLI_DOCTOR_PAM_TEXT_H_
#define TWOFACTOR_CLI_DOCTOR_PAM_TEXT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// How libpam reads the text of a service file (pam.conf(5)), letter for letter: a line that is read
// in another way is one that doctor does not see. Pure functions.
namespace twofactor {

struct PamTextLine {
  std::string text;
  int number;  // Of its first line in the file, from 1.

  friend bool operator==(const PamTextLine&, const PamTextLine&) = default;
};

// What a blank line or a comment within a continued line does: libpam skipped it until Linux-PAM
// 1.6, which ends the line there.
enum class BlankLine { kIsSkipped, kEndsLine };

// Returns the lines with their comments cut off, continued ones put together, blank ones left out.
// None where the last line is continued: libpam then refuses the whole service.
std::optional<std::vector<PamTextLine>> PamLinesOf(const std::string& text, BlankLine blank_line);

// As the libpam reads them that this was built with.
std::optional<std::vector<PamTextLine>> PamLinesOf(const std::string& text);

// The words of a line, as modules get them: [a b] is one word, without its brackets.
std::vector<std::string> PamWordsOf(std::string_view line);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_PAM_TEXT_H_
