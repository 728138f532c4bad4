#include "cli/translate.h"

#include <libintl.h>

#include <clocale>

namespace twofactor {
namespace {

constexpr const char* kDomain = "twofactorctl";

}  // namespace

void StartTranslating(const char* directory) {
  std::setlocale(LC_MESSAGES, "");
  bindtextdomain(kDomain, directory);
}

const char* Translated(const char* message) { return dgettext(kDomain, message); }

const char* TranslatedCount(const char* one, const char* many, unsigned long count) {
  return dngettext(kDomain, one, many, count);
}

bool SaysYes(std::string_view answer) { return answer == "yes" || answer == Say("yes"); }

}  // namespace twofactor
