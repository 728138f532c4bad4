#ifndef TWOFACTOR_TESTS_TRANSLATIONS_LANGUAGES_H_
#define TWOFACTOR_TESTS_TRANSLATIONS_LANGUAGES_H_

#include <string>

namespace twofactor {

inline constexpr const char* kGerman = "de_DE.UTF-8";
inline constexpr const char* kChinese = "zh_CN.UTF-8";

// This process and those that it starts know the locales that were made for tests, and its
// environment names this one, as somebody's terminal would; it is not set yet (setlocale(3)).
void NameLocale(const std::string& locale);

// What a program does that speaks its user's language: names the locale, and sets it. Fails the
// test where there is none.
void SpeakAs(const std::string& locale);

// Where the build's catalogues are: LANGUAGE/LC_MESSAGES/DOMAIN.mo.
std::string BuiltCatalogues();

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_TRANSLATIONS_LANGUAGES_H_
