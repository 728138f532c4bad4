// Prints the table of commands for the completions of the shells, when they are built:
//
//   command|NAME|OPERANDS|HELP
//   option|COMMAND|NAME|VALUE|HELP     COMMAND is * where every command takes it.
//
// OPERANDS, one for each position, and VALUE are USER, FILE or DIRECTORY; words to choose from,
// with commas between; TEXT, which cannot be guessed; or nothing.
#include <cctype>
#include <iostream>

#include "cli/command_table.h"

namespace twofactor {
namespace {

// An operand or a value of the table, as the shells' scripts call it.
std::string KindOf(std::string word) {
  std::erase_if(word, [](char letter) { return letter == '[' || letter == ']'; });
  word = word.substr(0, word.find("..."));
  const bool is_choice =
      word.find('|') != std::string::npos || std::islower(static_cast<unsigned char>(word[0])) != 0;
  if (word.empty() || word == "USER" || word == "FILE" || is_choice) {
    std::replace(word.begin(), word.end(), '|', ',');
    return word;
  }
  if (word == "COMMAND") {
    for (const Command& command : AllCommands()) {
      word += "," + std::string(command.name);
    }
    return word.substr(word.find(',') + 1);
  }
  return word == "DIR" ? "DIRECTORY" : word == "NEW" ? "USER" : "TEXT";
}

void Print() {
  const std::vector<Option> common = OptionsOf(nullptr);
  for (const Option& option : common) {
    std::cout << "option|*|" << option.name() << "|" << KindOf(std::string(option.value())) << "|"
              << option.help << "\n";
  }
  for (const Command& command : AllCommands()) {
    std::cout << "command|" << command.name << "|";
    for (const std::string& operand : Split(command.operands, " ")) {
      std::cout << KindOf(operand) << " ";
    }
    std::cout << "|" << command.help << "\n";
    std::vector<Option> own = OptionsOf(&command);
    own.resize(own.size() - common.size(), common[0]);
    for (const Option& option : own) {
      std::cout << "option|" << command.name << "|" << option.name() << "|"
                << KindOf(std::string(option.value())) << "|" << option.help << "\n";
    }
  }
}

}  // namespace
}  // namespace twofactor

int main() { twofactor::Print(); }
