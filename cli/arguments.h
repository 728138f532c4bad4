#ifndef TWOFACTOR_CLI_ARGUMENTS_H_
#define TWOFACTOR_CLI_ARGUMENTS_H_

#include <map>
#include <string>
#include <vector>

#include "common/base/paths.h"
#include "common/base/result.h"

namespace twofactor {

// What twofactorctl was called with. Passwords and codes are not among it: they are asked for, or
// read from standard input.
struct CliArguments {
  std::string command;
  std::vector<std::string> operands;
  bool json = false;
  bool help = false;
  bool version = false;
  bool yes = false;             // unset, remove-device, stale, rename-user
  bool remove = false;          // stale
  bool no_confirm = false;      // renew
  bool no_qr = false;           // renew
  bool force = false;           // renew, backup
  bool if_none = false;         // renew, recovery-codes
  std::string digits;           // renew
  std::string interval;         // renew
  std::string label;            // renew, import
  std::string type;             // renew
  std::string algorithm;        // renew
  std::string png;              // renew
  std::string svg;              // renew
  bool keep_uids = false;       // restore
  bool settings = false;        // restore
  std::string passphrase_file;  // backup, restore
  std::string run_directory{kDefaultRunDirectory};
  std::string root{"/"};  // doctor, rekey, stack
  std::string lasts;      // bypass --for
  std::string reason;     // bypass
  bool end = false;       // bypass
  bool list = false;      // bypass
  bool write = false;     // stack
  bool undo = false;      // stack
  bool dry_run = false;   // import, restore, stack
  bool replace = false;   // import, restore
  bool homes = false;     // import, as all that follow
  bool skip_unusable = false;
  bool allow_expired = false;
  std::string format;
  std::string user;
  std::string key_file;  // rekey, too
  std::string path;
  std::string only;
  std::string issuer;
  std::string serial;
  std::string map;
  std::string users;
  // Of the environment: who called sudo(8); empty without.
  std::string sudo_user;

  // The file for renew's picture; empty for none.
  const std::string& picture() const { return png.empty() ? svg : png; }
};

// Fails with kInvalidParams, saying what is wrong and never repeating what might be a code. The
// message is yet to be translated: whether it is to be is among what could not be read.
Result<CliArguments> ParseCliArguments(int argc, char** argv);

// What --help tells, to be said.
extern const char* const kCliUsage;

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_ARGUMENTS_H_
