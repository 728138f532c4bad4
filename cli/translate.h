#ifndef TWOFACTOR_CLI_TRANSLATE_H_
#define TWOFACTOR_CLI_TRANSLATE_H_

#include <concepts>
#include <string>
#include <string_view>

#include "common/base/placeholders.h"

namespace twofactor {

// What people read, in their language (LC_MESSAGES, LANGUAGE). xgettext takes the literals of Say
// and SayCount into po/twofactorctl.pot. JSON, and what stands in it, is English: main does not
// start translating then.
//
// Thread-safe as dgettext(3) is, once main has started it.

// From here on messages are translated, by the catalogues of this directory. Called by main alone:
// it changes the locale of the whole process, and nothing that numbers or dates are written by.
void StartTranslating(const char* directory);

// The catalogue's text for this one; itself where there is none. It is no format of printf.
const char* Translated(const char* message);
const char* TranslatedCount(const char* one, const char* many, unsigned long count);

// For a message that is said elsewhere: xgettext takes its literal, too.
constexpr const char* Marked(const char* message) { return message; }

// A message, with its values in place of %1, %2 and so on.
template <typename... Values>
std::string Say(const char* message, const Values&... values) {
  return FillPlaceholders(Translated(message), {TextOfValue(values)...});
}

// A message about so many things, in the form that the language has for this number, which is %1.
template <std::integral Count, typename... Values>
std::string SayCount(const char* one, const char* many, Count count, const Values&... values) {
  return FillPlaceholders(TranslatedCount(one, many, static_cast<unsigned long>(count)),
                          {TextOfValue(count), TextOfValue(values)...});
}

// Is this the answer yes: the word itself, or the language's own?
bool SaysYes(std::string_view answer);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_TRANSLATE_H_
