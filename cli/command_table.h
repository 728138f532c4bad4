#ifndef TWOFACTOR_CLI_COMMAND_TABLE_H_
#define TWOFACTOR_CLI_COMMAND_TABLE_H_

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/commands/commands.h"

// What twofactorctl can be called with: the one table that the parser, --help and the completions
// read, and that twofactorctl(1) is compared with. Constant, so threads may share it.
namespace twofactor {

struct Option {
  // "--force", or a name and its value: "totp|hotp" is one of these words in upper or lower case,
  // "5..86400" a number from 5 to 86400, and the shells complete FILE, DIR and USER.
  std::string_view form;
  std::variant<bool CliArguments::*, std::string CliArguments::*> field;
  const char* help;                 // To be said.
  std::string_view not_with = {};   // Options that contradict it, with blanks between.
  std::string_view only_with = {};  // The option without which it means nothing.

  std::string_view name() const { return form.substr(0, form.find(' ')); }
  std::string_view value() const { return form.substr(std::min(name().size() + 1, form.size())); }
  // The words or the two numbers that the value is chosen from; empty for other values.
  std::vector<std::string> choices() const;
  bool is_number() const { return value().find("..") != std::string_view::npos; }
};

struct Command {
  std::string_view name;
  // "[USER] ID": which there may be, and which must be. One in capitals is what it says,
  // "true|false" one of these words, and "[FILE]..." any number.
  std::string_view operands;
  bool asks;  // Destructive: asks before it acts, and takes --yes.
  RunCommand* run;
  const char* help;  // To be said.
  std::span<const Option> options = {};
  std::string_view usage = operands;  // What may follow the name; a line for each way.

  std::size_t least() const;
  std::size_t most() const;
};

std::span<const Command> AllCommands();
// Those of a command, and behind them those of all commands; the latter alone for null.
std::vector<Option> OptionsOf(const Command* command);

// The name that `word` may be meant for: one that begins with it, or that differs in one place by
// at most two letters. Empty where there is none. An error may repeat `word` only if there is one:
// another word could be a code or a password in the wrong place.
std::string_view Nearest(std::string_view word, const std::vector<std::string_view>& names);

// Fails with kInvalidParams, and names the nearest command.
Result<const Command*> FindCommand(std::string_view name);

// What --help shows of a command; of all commands for null.
std::string HelpText(const Command* command);

// The words of a text, which `separator` is between.
std::vector<std::string> Split(std::string_view text, std::string_view separator);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_COMMAND_TABLE_H_
