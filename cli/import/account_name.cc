#include "cli/import/account_name.h"

#include "cli/import/text_lines.h"

namespace twofactor {

std::string UserOfAccount(std::string_view account, std::string_view host) {
  if (const std::size_t colon = account.find(':'); colon != std::string_view::npos) {
    account.remove_prefix(colon + 1);
  }
  account = Trimmed(account);
  const std::size_t place = account.rfind('@');
  if (place == std::string_view::npos) {
    return std::string(account);
  }
  account = account.substr(0, place);
  const std::string suffix = "-" + std::string(host);
  if (!host.empty() && account.size() > suffix.size() &&
      account.substr(account.size() - suffix.size()) == suffix) {
    account.remove_suffix(suffix.size());
  }
  return std::string(account);
}

std::string IssuerOfLabel(std::string_view label) {
  const std::size_t colon = label.find(':');
  return colon == std::string_view::npos ? std::string()
                                         : std::string(Trimmed(label.substr(0, colon)));
}

}  // namespace twofactor
