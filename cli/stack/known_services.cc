#include "cli/stack/known_services.h"

#include <algorithm>

namespace twofactor {
namespace {

constexpr std::string_view kSaslauthd = "/usr/sbin/saslauthd";
constexpr std::string_view kSquid = "/usr/lib/squid/basic_pam_auth";

}  // namespace

const std::vector<KnownService>& KnownServices() {
  static const std::vector<KnownService> kServices = {
      {"apache2", "Apache", Questions::kEachTime},
      {"cockpit", "Cockpit", Questions::kTwo},
      {"cups", "CUPS", Questions::kOne},
      {"dovecot", "Dovecot", Questions::kOne},
      {"gdm-password", "GDM", Questions::kTwo},
      {"i3lock", "i3lock", Questions::kOne},
      {"imap", "saslauthd", Questions::kOne, kSaslauthd},
      {"kde", "kscreenlocker", Questions::kOne},
      {"lightdm", "LightDM", Questions::kTwo},
      {"login", "login", Questions::kTwo},
      {"nginx", "nginx", Questions::kEachTime},
      {"polkit-1", "polkit", Questions::kTwo},
      {"pop", "saslauthd", Questions::kOne, kSaslauthd},
      {"postgresql", "PostgreSQL", Questions::kOne},
      {"proftpd", "ProFTPD", Questions::kOne},
      {"radiusd", "FreeRADIUS", Questions::kOne},
      {"smtp", "saslauthd", Questions::kOne, kSaslauthd},
      {"squid", "Squid", Questions::kOne, kSquid},
      {"sshd", "sshd", Questions::kTwo},
      {"su", "su", Questions::kTwo},
      {"sudo", "sudo", Questions::kTwo},
      {"sudo-i", "sudo -i", Questions::kTwo},
      {"swaylock", "swaylock", Questions::kOne},
      {"vlock", "vlock", Questions::kTwo},
      {"vsftpd", "vsftpd", Questions::kOne},
      {"xrdp-sesman", "xrdp", Questions::kOne}};
  return kServices;
}

const KnownService* FindService(const std::string& name) {
  const auto& services = KnownServices();
  const auto found = std::find_if(services.begin(), services.end(),
                                  [&name](const KnownService& one) { return one.name == name; });
  return found == services.end() ? nullptr : &*found;
}

bool AsksOneQuestion(const KnownService& service) { return service.questions != Questions::kTwo; }

const char* NameOf(Questions questions) {
  switch (questions) {
    case Questions::kOne:
      return "one";
    case Questions::kTwo:
      return "two";
    case Questions::kEachTime:
      return "one-each-request";
  }
  return "";
}

}  // namespace twofactor
