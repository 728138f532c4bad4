#include "pam_module/translate.h"

#include <libintl.h>

namespace twofactor {
namespace {

constexpr const char* kDomain = "pam_twofactor";

}  // namespace

const char* Translated(const char* message) { return dgettext(kDomain, message); }

const char* TranslatedCount(const char* one, const char* many, unsigned long count) {
  return dngettext(kDomain, one, many, count);
}

}  // namespace twofactor
