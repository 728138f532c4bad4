#ifndef TWOFACTOR_COMMON_BASE_PATHS_H_
#define TWOFACTOR_COMMON_BASE_PATHS_H_

#include <array>
#include <string>
#include <string_view>

namespace twofactor {

// All paths of the project. Everything is below the run directory (lost at a reboot) or the state
// directory (kept); tests and quickstart use their own.
inline constexpr std::string_view kDefaultRunDirectory = "/run/twofactor";
inline constexpr std::string_view kDefaultStateDirectory = "/var/lib/twofactor";
inline constexpr std::string_view kDefaultConfigFile = "/etc/twofactor/twofactord.conf";
inline constexpr std::string_view kDefaultKeyFile = "/etc/twofactor/vault.key";
// The names of the vault's key among the credentials that systemd passes ($CREDENTIALS_DIRECTORY):
// sealed to the machine, or a plain file of root.
inline constexpr std::string_view kSealedKeyCredential = "twofactor.vault-key";
inline constexpr std::string_view kPlainKeyCredential = "twofactor.vault-key-file";
// The folders where systemd looks for the two (systemd.exec(5), LoadCredential=).
inline constexpr std::array<std::string_view, 3> kSealedKeyFolders = {
    "/etc/credstore.encrypted", "/run/credstore.encrypted", "/usr/lib/credstore.encrypted"};
inline constexpr std::array<std::string_view, 3> kPlainKeyFolders = {
    "/etc/credstore", "/run/credstore", "/usr/lib/credstore"};
// The uids that are lent to users (subuid(5)).
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
  // The lock file of the running daemon.
  std::string Lock() const { return directory_ + "/lock"; }
  // The copy of a vault that cannot be written, while it is opened.
  std::string VaultCopy() const { return directory_ + "/vault.copy"; }

 private:
  std::string directory_;
};

class StatePaths {
 public:
  explicit StatePaths(std::string directory = std::string(kDefaultStateDirectory));

  const std::string& directory() const { return directory_; }
  std::string Vault() const { return directory_ + "/vault.sqlite"; }
  // Exists if the next start may create a vault.
  std::string NewVault() const { return directory_ + "/new-vault"; }

 private:
  std::string directory_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_PATHS_H_
