#ifndef TWOFACTOR_COMMON_BASE_PATHS_H_
#define TWOFACTOR_COMMON_BASE_PATHS_H_

#include <array>
#include <string>
#include <string_view>

namespace twofactor {

// The one place that knows a path. Everything is reached from the run directory (gone after a
// reboot) or the state directory (kept); tests and the quickstart give their own.
inline constexpr std::string_view kDefaultRunDirectory = "/run/twofactor";
inline constexpr std::string_view kDefaultStateDirectory = "/var/lib/twofactor";
inline constexpr std::string_view kDefaultConfigFile = "/etc/twofactor/twofactord.conf";
inline constexpr std::string_view kDefaultKeyFile = "/etc/twofactor/vault.key";
// The names of the vault's key among the credentials that systemd passes ($CREDENTIALS_DIRECTORY):
// sealed to the machine, or a file of root's.
inline constexpr std::string_view kSealedKeyCredential = "twofactor.vault-key";
inline constexpr std::string_view kPlainKeyCredential = "twofactor.vault-key-file";
// Where systemd looks for the two (systemd.exec(5), LoadCredential=).
inline constexpr std::array<std::string_view, 3> kSealedKeyFolders = {
    "/etc/credstore.encrypted", "/run/credstore.encrypted", "/usr/lib/credstore.encrypted"};
inline constexpr std::array<std::string_view, 3> kPlainKeyFolders = {
    "/etc/credstore", "/run/credstore", "/usr/lib/credstore"};
// Which uids users were lent (subuid(5)).
inline constexpr std::string_view kSubordinateUidsFile = "/etc/subuid";
// The system user that the daemon runs as.
inline constexpr std::string_view kDaemonUser = "twofactor";

class RunPaths {
 public:
  explicit RunPaths(std::string directory = std::string(kDefaultRunDirectory));

  const std::string& directory() const { return directory_; }
  std::string ApiSocket() const { return directory_ + "/api.sock"; }
  std::string AccountsSocket() const { return directory_ + "/accounts.sock"; }
  std::string Index() const { return directory_ + "/index"; }
  std::string Records() const { return directory_ + "/records"; }
  std::string Ledger() const { return directory_ + "/ledger"; }
  // What the running daemon holds locked.
  std::string Lock() const { return directory_ + "/lock"; }
  // Where a vault that cannot be written is copied to while it is opened.
  std::string VaultCopy() const { return directory_ + "/vault.copy"; }

 private:
  std::string directory_;
};

class StatePaths {
 public:
  explicit StatePaths(std::string directory = std::string(kDefaultStateDirectory));

  const std::string& directory() const { return directory_; }
  std::string Vault() const { return directory_ + "/vault.sqlite"; }
  // That the next start may make a vault.
  std::string NewVault() const { return directory_ + "/new-vault"; }

 private:
  std::string directory_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_PATHS_H_
