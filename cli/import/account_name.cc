#include "cli/import/account_name.h"

#include "cli/import/text_lines.h"

namespace twofactor {
namespace {

// Without "-HOST" at its end; empty where that is not there, or nothing is before it.
std::string_view WithoutHost(std::string_view name, std::string_view host) {
  for (const std::string_view part : {host, host.substr(0, host.find('.'))}) {
    if (!part.empty() && name.size() > part.size() + 1 &&
        name.substr(name.size() - part.size()) == part &&
        name[name.size() - part.size() - 1] == '-') {
      return name.substr(0, name.size() - part.size() - 1);
    }
  }
  return {};
}

std::string_view WithoutIssuer(std::string_view label, std::string_view issuer) {
  if (!issuer.empty() && label.size() > issuer.size() && label[issuer.size()] == ':' &&
      label.substr(0, issuer.size()) == issuer) {
    return Trimmed(label.substr(issuer.size() + 1));
  }
  const std::size_t colon = label.find(':');
  return Trimmed(colon == std::string_view::npos ? label : label.substr(colon + 1));
}

}  // namespace

std::vector<std::string> NamesOfAccount(std::string_view account, std::string_view host) {
  std::vector<std::string> exact;
  std::vector<std::string> shorter;
  for (std::string_view rest = Trimmed(account);;) {
    const std::string_view before = rest.substr(0, rest.rfind('@'));
    exact.emplace_back(rest);
    shorter.emplace_back(before);
    shorter.emplace_back(WithoutHost(rest, host));
    shorter.emplace_back(WithoutHost(before, host));
    const std::size_t colon = rest.find(':');
    if (colon == std::string_view::npos) {
      break;
    }
    rest = Trimmed(rest.substr(colon + 1));
  }
  exact.insert(exact.end(), shorter.begin(), shorter.end());
  return exact;
}

std::string UserOfAccount(std::string_view account, std::string_view host,
                          std::string_view issuer) {
  account = WithoutIssuer(account, issuer);
  const std::size_t place = account.rfind('@');
  if (place == std::string_view::npos) {
    return std::string(account);
  }
  account = account.substr(0, place);
  const std::string_view user = WithoutHost(account, host);
  return std::string(user.empty() ? account : user);
}

std::string KnownUserOfAccount(std::string_view account, std::string_view host,
                               std::string_view issuer,
                               const std::function<bool(const std::string&)>& knows) {
  if (knows) {
    for (const std::string& name : NamesOfAccount(account, host)) {
      if (!name.empty() && knows(name)) {
        return name;
      }
    }
  }
  return UserOfAccount(account, host, issuer);
}

std::string IssuerOfLabel(std::string_view label) {
  const std::size_t colon = label.find(':');
  return colon == std::string_view::npos ? std::string()
                                         : std::string(Trimmed(label.substr(0, colon)));
}

}  // namespace twofactor
