#include <algorithm>
#include <cctype>
#include <utility>

#include "cli/comma_separated.h"
#include "cli/command_table.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

constexpr std::size_t kLineColumns = 80;
constexpr std::size_t kLongForm = 32;

// Two columns; the second is wrapped.
std::string Columns(const std::vector<std::pair<std::string, std::string>>& rows) {
  std::size_t indent = 0;
  for (const auto& [left, right] : rows) {
    indent = std::max(indent, left.size() + 4);
  }
  std::string text;
  for (const auto& [left, right] : rows) {
    std::string line = "  " + left + std::string(indent - left.size() - 3, ' ');
    for (const std::string& word : Split(right, " ")) {
      if (line.size() + 1 + word.size() > kLineColumns) {
        text += line + "\n";
        line = std::string(indent - 1, ' ');
      }
      line += " " + word;
    }
    text += line + "\n";
  }
  return text;
}

// An option and what it does. Many choices are told there and not in its form.
std::pair<std::string, std::string> RowOf(const Option& option) {
  if (option.form.size() < kLongForm) {
    return {std::string(option.form), Say(option.help)};
  }
  std::string value(option.name().substr(2));
  std::transform(value.begin(), value.end(), value.begin(),
                 [](unsigned char letter) { return std::toupper(letter); });
  return {std::string(option.name()) + " " + value,
          Say("%1: %2", Say(option.help), CommaSeparated(option.choices()))};
}

std::string OptionLines(const Command* command) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Option& option : OptionsOf(command)) {
    rows.push_back(RowOf(option));
  }
  return Say("Options:\n") + Columns(rows);
}

std::string HelpOf(const Command& command) {
  std::string text;
  for (const std::string& usage : Split(command.usage, "\n")) {
    const std::string call = std::string(command.name) + (usage.empty() ? "" : " ") + usage;
    text += text.empty() ? Say("Usage: twofactorctl %1\n", call)
                         : Say("   or: twofactorctl %1\n", call);
  }
  return text + "\n" + Say("%1.", Say(command.help)) + "\n\n" + OptionLines(&command);
}

std::string HelpOfAll() {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Command& command : AllCommands()) {
    rows.emplace_back(command.name, Say(command.help));
  }
  return Say("Usage: twofactorctl COMMAND [OPTIONS] [USER]\n") + "\n" + Say("Commands:\n") +
         Columns(rows) + "\n" + OptionLines(nullptr) + "\n" +
         Say("Without USER, a command is about yourself. Codes are asked for, or read from\n"
             "standard input; they are never arguments. 'twofactorctl COMMAND --help' shows\n"
             "the options of a command. See also twofactorctl(1).\n");
}

}  // namespace

std::string HelpText(const Command* command) {
  return command == nullptr ? HelpOfAll() : HelpOf(*command);
}

Result<CommandResult> RunHelp(const CliArguments& arguments, Connection&, Terminal&) {
  const auto command = arguments.operands.empty() ? Result<const Command*>(nullptr)
                                                  : FindCommand(arguments.operands[0]);
  if (!command) {
    return Fail(command.error());
  }
  CommandResult result;
  result.text = HelpText(*command);
  result.json = {{"help", result.text}};
  return result;
}

}  // namespace twofactor
