#ifndef TWOFACTOR_PAM_MODULE_TRANSLATE_H_
#define TWOFACTOR_PAM_MODULE_TRANSLATE_H_

#include <concepts>
#include <string>

#include "common/base/placeholders.h"

namespace twofactor {

// Messages to users, in the language of the application; English if it never called setlocale(3).
// xgettext collects the literals of Say and SayCount in po/pam_twofactor.pot. Log messages do not
// use these.
//
// This changes nothing in the application: it calls neither setlocale nor bindtextdomain, so the
// catalogs are where libc looks by default (/usr/share/locale). As thread-safe as dgettext(3).

// Returns the catalog's text for this one, or itself if there is none. It is not a format of
// printf.
const char* Translated(const char* message);
const char* TranslatedCount(const char* one, const char* many, unsigned long count);

// Returns a message with its values in place of %1, %2 and so on.
template <typename... Values>
std::string Say(const char* message, const Values&... values) {
  return FillPlaceholders(Translated(message), {TextOfValue(values)...});
}

// Returns a message about a number of things, in the language's form for this number, which is %1.
template <std::integral Count, typename... Values>
std::string SayCount(const char* one, const char* many, Count count, const Values&... values) {
  return FillPlaceholders(TranslatedCount(one, many, static_cast<unsigned long>(count)),
                          {TextOfValue(count), TextOfValue(values)...});
}

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_TRANSLATE_H_
