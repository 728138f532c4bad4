#include "cli/arguments.h"

#include <getopt.h>

#include <algorithm>
#include <map>
#include <utility>

#include "cli/comma_separated.h"
#include "cli/command_table.h"
#include "cli/import/text_lines.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

// Behind every character, so that it is not taken for an option of one letter.
constexpr int kFirstOption = 256;

struct GivenOption {
  std::string name;
  std::string value;
};

tl::unexpected<Error> Wrong(std::string message) {
  return Fail(ErrorCode::kInvalidParams, std::move(message));
}

// Of the word that getopt_long(3) does not know.
tl::unexpected<Error> UnknownOption(std::string_view word, const std::vector<std::string>& names) {
  const std::string_view name = word.substr(0, word.find('='));
  const std::string_view nearest = Nearest(name, {names.begin(), names.end()});
  return Wrong(nearest.empty() ? Say("unknown option")
                               : Say("unknown option '%1'; did you mean '%2'?", name, nearest));
}

// Leaves the other words at the end of `argv`, from optind on.
Result<std::vector<GivenOption>> ReadOptions(int argc, char** argv) {
  std::map<std::string, bool> takes_value;
  for (const Command& command : AllCommands()) {
    for (const Option& option : OptionsOf(&command)) {
      takes_value.emplace(option.name(), !option.value().empty());
    }
  }
  std::vector<std::string> names;
  std::vector<option> rows;
  for (const auto& [name, takes] : takes_value) {
    rows.push_back({name.c_str() + 2, takes ? required_argument : no_argument, nullptr,
                    kFirstOption + static_cast<int>(names.size())});
    names.push_back(name);
  }
  rows.push_back({});
  std::vector<GivenOption> given;
  opterr = 0;
  for (int id = 0; (id = getopt_long(argc, argv, ":h", rows.data(), nullptr)) != -1;) {
    const bool wrong = id == ':' || id == '?';
    const int index = (wrong ? optopt : id) - kFirstOption;
    const std::string name = index < 0 ? "--help" : names[static_cast<std::size_t>(index)];
    if (wrong && index < 0) {
      return optopt == 0 ? UnknownOption(argv[optind - 1], names) : Wrong(Say("unknown option"));
    }
    if (wrong) {
      return Wrong(id == ':' ? Say("%1 needs a value", name) : Say("%1 takes no value", name));
    }
    given.push_back({name, optarg == nullptr ? "" : optarg});
  }
  return given;
}

bool HasOption(const std::vector<GivenOption>& given, std::string_view name) {
  return std::any_of(given.begin(), given.end(),
                     [name](const GivenOption& one) { return one.name == name; });
}

// The value as the table writes it.
Result<std::string> FittingValue(const Option& option, const std::string& value) {
  const std::vector<std::string> choices = option.choices();
  if (option.is_number()) {
    const auto number = NumberIn<int>(value);
    return number && *number >= std::stoi(choices[0]) && *number <= std::stoi(choices[1])
               ? Result<std::string>(value)
               : Wrong(
                     Say("%1 takes a number from %2 to %3", option.name(), choices[0], choices[1]));
  }
  const auto choice =
      std::find_if(choices.begin(), choices.end(),
                   [&value](const std::string& word) { return EqualWords(word, value); });
  if (choices.empty()) {
    return value.empty() && option.value() != "TEXT" ? Wrong(Say("%1 needs a value", option.name()))
                                                     : Result<std::string>(value);
  }
  return choice != choices.end()
             ? Result<std::string>(*choice)
             : Wrong(Say("%1 is one of %2", option.name(), CommaSeparated(choices)));
}

// Does it go with the other options?
Result<void> CheckCompany(const Option& option, const std::vector<GivenOption>& given) {
  const std::string_view name = option.name();
  if (std::count_if(given.begin(), given.end(),
                    [name](const GivenOption& one) { return one.name == name; }) > 1) {
    return Wrong(Say("%1 is given twice", name));
  }
  for (const std::string& other : Split(option.not_with, " ")) {
    if (HasOption(given, other)) {
      return Wrong(Say("%1 and %2 cannot be given together", name, other));
    }
  }
  return option.only_with.empty() || HasOption(given, option.only_with)
             ? Result<void>()
             : Wrong(Say("%1 needs %2", name, option.only_with));
}

Result<void> TakeOption(const Option& option, const std::vector<GivenOption>& given,
                        const std::string& value, CliArguments& arguments) {
  if (const auto checked = CheckCompany(option, given); !checked) {
    return checked;
  }
  if (const auto* const flag = std::get_if<bool CliArguments::*>(&option.field)) {
    arguments.*(*flag) = true;
    return {};
  }
  auto fitting = FittingValue(option, value);
  if (!fitting) {
    return Fail(fitting.error());
  }
  arguments.*std::get<std::string CliArguments::*>(option.field) = std::move(*fitting);
  return {};
}

Result<void> CheckOperands(const Command& command, std::size_t count) {
  if (count < command.least()) {
    return Wrong(Say("too few arguments: '%1' needs %2", command.name, command.operands));
  }
  return count <= command.most()
             ? Result<void>()
             : Wrong(Say("too many arguments for '%1' (codes and passwords are never arguments:"
                         " other users could read them)",
                         command.name));
}

Result<void> TakeOptions(const Command& command, const std::vector<GivenOption>& given,
                         CliArguments& arguments) {
  const std::vector<Option> known = OptionsOf(&command);
  for (const GivenOption& one : given) {
    const auto option = std::find_if(known.begin(), known.end(), [&one](const Option& listed) {
      return listed.name() == one.name;
    });
    const auto taken = option != known.end()
                           ? TakeOption(*option, given, one.value, arguments)
                           : Wrong(Say("%1 is not an option of '%2'", one.name, command.name));
    if (!taken) {
      return taken;
    }
  }
  return {};
}

}  // namespace

Result<CliArguments> ParseCliArguments(int argc, char** argv) {
  const auto given = ReadOptions(argc, argv);
  if (!given) {
    return Fail(given.error());
  }
  CliArguments arguments;
  arguments.help = HasOption(*given, "--help");
  arguments.version = HasOption(*given, "--version");
  const bool asks_only = arguments.help || arguments.version;
  if (optind == argc) {
    return asks_only ? Result<CliArguments>(arguments) : Wrong(Say("a command is needed"));
  }
  const auto command = FindCommand(argv[optind]);
  if (!command) {
    return Fail(command.error());
  }
  arguments.command = *command;
  arguments.operands.assign(argv + optind + 1, argv + argc);
  auto taken = asks_only ? Result<void>() : TakeOptions(**command, *given, arguments);
  if (taken && !asks_only) {
    taken = CheckOperands(**command, arguments.operands.size());
  }
  return taken ? Result<CliArguments>(std::move(arguments)) : Fail(taken.error());
}

}  // namespace twofactor
