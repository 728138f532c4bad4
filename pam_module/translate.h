#ifndef TWOFACTOR_PAM_MODULE_TRANSLATE_H_
#define TWOFACTOR_PAM_MODULE_TRANSLATE_H_

#include <concepts>
#include <string>

#include "common/base/placeholders.h"

namespace twofactor {

// What people read, in the language of the program that the login runs in: English where that never
// called setlocale(3). xgettext takes the literals of Say and SayCount into po/pam_twofactor.pot;
// lines of the log are not said.
//
// Nothing of the program is changed: no setlocale, and no bindtextdomain, so the catalogues are
// where libc looks by itself (/usr/share/locale). Thread-safe as dgettext(3) is.

// The catalogue's text for this one; itself where there is none. It is no format of printf.
const char* Translated(const char* message);
const char* TranslatedCount(const char* one, const char* many, unsigned long count);

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

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_TRANSLATE_H_
