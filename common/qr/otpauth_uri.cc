#include "common/qr/otpauth_uri.h"

namespace twofactor {

std::string SecretInGroups(std::string_view uri) {
  constexpr std::string_view kKey = "secret=";
  constexpr std::size_t kGroup = 4;
  const std::size_t key = uri.find(kKey);
  if (key == std::string_view::npos) {
    return {};
  }
  std::string_view secret = uri.substr(key + kKey.size());
  secret = secret.substr(0, secret.find('&'));
  std::string groups;
  for (std::size_t i = 0; i < secret.size(); i += kGroup) {
    groups += (i == 0 ? "" : " ");
    groups += secret.substr(i, kGroup);
  }
  return groups;
}

}  // namespace twofactor
