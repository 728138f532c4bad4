#include "tests/translations/languages.h"

#include <gtest/gtest.h>

#include <clocale>
#include <cstdlib>

namespace twofactor {

void NameLocale(const std::string& locale) {
  setenv("LOCPATH", TWOFACTOR_TEST_LOCALES, 1);
  setenv("LC_ALL", locale.c_str(), 1);
  unsetenv("LANGUAGE");
}

void SpeakAs(const std::string& locale) {
  NameLocale(locale);
  ASSERT_NE(std::setlocale(LC_ALL, ""), nullptr) << locale << " was not made";
}

std::string BuiltCatalogues() { return TWOFACTOR_BUILT_LOCALE_DIR; }

}  // namespace twofactor
