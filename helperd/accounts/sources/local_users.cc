#include "helperd/accounts/sources/local_users.h"

#include "helperd/accounts/sources/text_file.h"

namespace twofactor {

bool IsInPasswdFile(std::string_view text, std::string_view name) {
  for (const std::string_view line : LinesOf(text)) {
    if (FieldsOf(line, ':')[0] == name) {
      return true;
    }
  }
  return false;
}

}  // namespace twofactor
