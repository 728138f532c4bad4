#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "cli/comma_separated.h"
#include "cli/doctor/checks.h"
#include "cli/key_kind.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using Level = Finding::Level;

constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

// A file that may be a key of the vault.
struct Key {
  std::string path;
  bool sealed;  // systemd-creds(1)
  struct stat status;
};

struct Sight {
  std::vector<Key> keys;
  std::vector<std::string> places;  // Everywhere that was looked at.
  bool hidden = false;              // The caller may not look somewhere.
};

void LookAt(const std::string& path, bool sealed, Sight& sight) {
  Key key{path, sealed, {}};
  sight.places.push_back(path);
  if (stat(path.c_str(), &key.status) == 0) {
    sight.keys.push_back(std::move(key));
  } else {
    sight.hidden |= errno == EACCES;
  }
}

// In the order in which the daemon takes them.
Sight LookForKeys(const std::string& root) {
  const std::string base = root == "/" ? "" : root;
  Sight sight;
  for (const std::string_view folder : kSealedKeyFolders) {
    LookAt(base + std::string(folder) + "/" + std::string(kSealedKeyCredential), true, sight);
  }
  for (const std::string_view folder : kPlainKeyFolders) {
    LookAt(base + std::string(folder) + "/" + std::string(kPlainKeyCredential), false, sight);
  }
  LookAt(base + std::string(kDefaultKeyFile), false, sight);
  return sight;
}

// 64 hexadecimal digits, and a line end or none.
bool MayBeKey(const Key& key) {
  constexpr off_t kDigits = 64;
  return S_ISREG(key.status.st_mode) &&
         (key.sealed ? key.status.st_size > 0
                     : key.status.st_size == kDigits || key.status.st_size == kDigits + 1);
}

void JudgeKey(const Key& key, uid_t owner, Findings& findings) {
  const mode_t forbidden = key.sealed ? S_IWGRP | S_IWOTH : kOthers;
  if (key.status.st_uid != owner || (key.status.st_mode & forbidden) != 0) {
    findings.push_back({Level::kProblem, "key.open",
                        Say("The vault's key %1 is not for root alone.", key.path),
                        Say("chown root: and chmod 600 the file.")});
  } else if (!MayBeKey(key)) {
    findings.push_back(
        {Level::kProblem, "key.not-a-key",
         Say("%1 is where the vault's key should be, and cannot be one: the daemon does not"
             " start with it.",
             key.path),
         Say("Put the key's backup back (twofactord(8), THE KEY).")});
  }
}

std::string KindOf(const Key& key) {
  return TextOf(key.sealed ? KindOfSealedKey(key.path) : KeyKind::kFile);
}

void JudgeKeys(const Sight& sight, const std::string& root, Findings& findings) {
  struct stat owner {};
  stat(root.c_str(), &owner);
  const std::size_t before = findings.size();
  for (const Key& key : sight.keys) {
    JudgeKey(key, owner.st_uid, findings);
  }
  if (sight.keys.size() > 1) {
    findings.push_back({Level::kWarning, "key.several",
                        Say("There are several keys; the daemon takes %1.", sight.keys[0].path),
                        Say("Make sure that this is the vault's, and put the others away.")});
  }
  if (findings.size() == before) {
    findings.push_back({Level::kOk, "key",
                        Say("The vault's key is %1, %2, for root alone.", sight.keys[0].path,
                            KindOf(sight.keys[0])),
                        ""});
  }
}

void JudgeNoKey(const Sight& sight, const std::string& vault, const DaemonReport& daemon,
                Findings& findings) {
  // Its own configuration may name another place for a file.
  if (daemon.key_source != "file") {
    findings.push_back(
        {Level::kProblem, "key.missing",
         daemon.answers
             ? Say("There is a vault (%1) and no key for it: the daemon does not start again."
                   " Looked at: %2.",
                   vault, CommaSeparated(sight.places))
             : Say("There is a vault (%1) and no key for it: the daemon does not start."
                   " Looked at: %2.",
                   vault, CommaSeparated(sight.places)),
         Say("Put the key's backup back (twofactord(8), THE KEY), unless key_file of"
             " twofactord.conf names another place. Without a backup, move the vault"
             " away and have everybody enrol again.")});
  }
}

// One that answers keeps its vault elsewhere, or says itself that it is gone.
void JudgeNoVault(const StatePaths& state, const Key& key, Findings& findings) {
  struct stat status {};
  if (stat(state.NewVault().c_str(), &status) == 0) {
    return;  // Before the first start.
  }
  findings.push_back(
      {Level::kProblem, "vault.missing",
       Say("There is a key (%1) and no vault at %2: the daemon does not start, and makes no empty"
           " vault in its place.",
           key.path, state.Vault()),
       Say("Mount its disk, or restore the file from a backup, unless state_directory of"
           " twofactord.conf names another place. To start anew, with nobody enrolled:"
           " 'twofactord --new-vault'.")});
}

void JudgeVault(const std::string& path, const struct stat& vault, const std::string& directory,
                Findings& findings) {
  struct stat folder {};
  stat(directory.c_str(), &folder);
  // As after a restore by root.
  if (vault.st_uid != folder.st_uid) {
    findings.push_back({Level::kProblem, "vault.owner",
                        Say("%1 does not belong to the daemon, which cannot write to it.", path),
                        "chown --reference=" + directory + " " + directory + "/vault.sqlite*"});
  }
  if ((vault.st_mode & kOthers) != 0 || !S_ISREG(vault.st_mode)) {
    findings.push_back({Level::kProblem, "vault.open",
                        Say("%1 is not a file of the daemon's alone.", path), "chmod 600 " + path});
  }
}

}  // namespace

Findings CheckVault(const std::string& root, const DaemonReport& daemon) {
  const StatePaths state((root == "/" ? "" : root) + std::string(kDefaultStateDirectory));
  const Sight sight = LookForKeys(root);
  Findings findings;
  struct stat vault {};
  const bool there = stat(state.Vault().c_str(), &vault) == 0;
  if ((!there && errno == EACCES) || (sight.keys.empty() && sight.hidden)) {
    return {{Level::kWarning, "key.unknown",
             Say("Only root can see whether the vault and its key are in their places."),
             Say("Call doctor as root.")}};
  }
  if (there) {
    JudgeVault(state.Vault(), vault, state.directory(), findings);
  }
  // An empty file is what is left of one.
  const bool lost = !there || vault.st_size == 0;
  if (lost && !sight.keys.empty() && !daemon.answers) {
    JudgeNoVault(state, sight.keys[0], findings);
  }
  if (!sight.keys.empty()) {
    JudgeKeys(sight, root, findings);
  } else if (there) {
    JudgeNoKey(sight, state.Vault(), daemon, findings);
  }
  return findings;
}

}  // namespace twofactor
