#ifndef TWOFACTOR_CLI_ARGUMENTS_H_
#define TWOFACTOR_CLI_ARGUMENTS_H_

#include <string>
#include <vector>

#include "common/base/paths.h"
#include "common/base/result.h"

namespace twofactor {

struct Command;

// What twofactorctl was called with. Passwords and codes are not part of it: they are asked for, or
// read from standard input. The table (cli/command_table.h) says which command takes which option.
struct CliArguments {
  const Command* command = nullptr;  // Null for --help or --version of none.
  std::vector<std::string> operands;
  std::string run_directory{kDefaultRunDirectory};
  std::string root{"/"};
  std::string sudo_user;  // From the environment: the caller of sudo(8); empty without sudo.
  bool json = false;
  bool help = false;
  bool version = false;
  bool yes = false;
  bool remove = false;
  bool no_confirm = false;
  bool no_qr = false;
  bool force = false;
  bool if_none = false;
  bool keep_uids = false;
  bool settings = false;
  bool end = false;
  bool list = false;
  bool write = false;
  bool undo = false;
  bool dry_run = false;
  bool replace = false;
  bool homes = false;
  bool skip_unusable = false;
  bool allow_expired = false;
  std::string digits;
  std::string interval;
  std::string label;
  std::string type;
  std::string algorithm;
  std::string png;
  std::string svg;
  std::string passphrase_file;
  std::string lasts;  // --for
  std::string reason;
  std::string format;
  std::string user;
  std::string key_file;
  std::string path;
  std::string only;
  std::string issuer;
  std::string serial;
  std::string map;
  std::string users;

  // The file for renew's picture; empty for none.
  const std::string& picture() const { return png.empty() ? svg : png; }
};

// Reads a command, its operands and its options, and checks them against the table. Fails with
// kInvalidParams where there is no command, where it does not take what was given, and where
// options contradict each other or are out of range. With --help or --version it checks no more
// than the names. The message repeats no operand and no value: they may be codes. Uses
// getopt_long(3), so it is for one thread.
Result<CliArguments> ParseCliArguments(int argc, char** argv);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_ARGUMENTS_H_
