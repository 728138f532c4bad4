#include "helperd/accounts/sources/sudoers.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "helperd/accounts/tool.h"

namespace twofactor {
namespace {

using nlohmann::json;

bool IsNegated(const json& member) { return member.value("negated", false); }

std::string OppositeOf(const std::string& command) {
  return command.starts_with('!') ? command.substr(1) : "!" + command;
}

// Returns the value of the boolean "authenticate" in Options.
std::optional<bool> Authenticate(const json& holder) {
  std::optional<bool> found;
  const auto options = holder.find("Options");
  if (options != holder.end()) {
    for (const json& option : *options) {
      if (const auto value = option.find("authenticate"); value != option.end()) {
        found = value->get<bool>();
      }
    }
  }
  return found;
}

}  // namespace

std::vector<std::string> SudoersPolicy::Arguments(const std::string& sudoers_path) {
  return {"-f", "json", "-e", "-d", "global,user,host", sudoers_path};
}

Result<SudoersPolicy> SudoersPolicy::Read(const ChildOutput& output) {
  if (output.status != 0) {
    return Fail(ToolFailed("cvtsudoers", output));
  }
  // The JSON library throws if the form is wrong; no exception leaves this function.
  try {
    const json text = json::parse(output.out);
    SudoersPolicy policy;
    policy.ReadRules(text);
    policy.ReadDefaults(text);
    return policy;
  } catch (const json::exception&) {
    return Fail(ErrorCode::kUnavailable, "the output of cvtsudoers is not understood");
  }
}

// A member is {"username": "alice"}, {"userid": 1000, "negated": true} and so on.
SudoersPolicy::List SudoersPolicy::ReadList(const json& list) {
  List members;
  for (const json& element : list) {
    for (const auto& [kind, value] : element.items()) {
      if (kind != "negated") {
        members.push_back({kind, value.is_string() ? value.get<std::string>() : value.dump(),
                           IsNegated(element)});
      }
    }
  }
  return members;
}

void SudoersPolicy::ReadCommands(const json& spec, Rule& rule) {
  const auto authenticate = Authenticate(spec);
  for (const json& command : spec.at("Commands")) {
    // An undefined command alias means no command.
    if (const auto text = command.find("command"); text != command.end()) {
      rule.commands.push_back({(IsNegated(command) ? "!" : "") + text->get<std::string>(),
                               authenticate.has_value(), authenticate.value_or(true)});
    }
  }
}

void SudoersPolicy::ReadRules(const json& policy) {
  for (const json& spec : policy.value("User_Specs", json::array())) {
    Rule rule{ReadList(spec.at("User_List")), ReadList(spec.at("Host_List")), {}};
    for (const json& commands : spec.at("Cmnd_Specs")) {
      ReadCommands(commands, rule);
    }
    Collect(rule.users);
    Collect(rule.hosts);
    rules_.push_back(std::move(rule));
  }
}

void SudoersPolicy::ReadDefaults(const json& policy) {
  for (const json& entry : policy.value("Defaults", json::array())) {
    if (const auto authenticate = Authenticate(entry)) {
      defaults_.push_back({ReadList(entry.value("Binding", json::array())), *authenticate});
      Collect(defaults_.back().binding);
    }
  }
}

void SudoersPolicy::Collect(const List& list) {
  for (const Member& member : list) {
    if (member.kind == "usergroup") {
      groups_.insert(member.text);
    } else if (member.kind == "netgroup") {
      netgroups_.insert(member.text);
    }
  }
}

bool SudoersPolicy::UserIs(const Subject& subject, const Member& member) {
  if (member.kind == "username") {
    return member.text == "ALL" || member.text == subject.user;
  }
  if (member.kind == "userid") {
    return member.text == std::to_string(subject.uid);
  }
  if (member.kind == "usergroup") {
    return subject.groups.contains(member.text);
  }
  if (member.kind == "usergid") {
    return std::any_of(subject.gids.begin(), subject.gids.end(),
                       [&](gid_t gid) { return member.text == std::to_string(gid); });
  }
  return member.kind == "netgroup" && subject.netgroups.contains(member.text);
}

bool SudoersPolicy::HostIs(const Subject& subject, const Member& member) {
  if (member.kind == "hostname") {
    return HostnameMatches(subject.host, member.text);
  }
  if (member.kind == "networkaddr") {
    return NetworkMatches(subject.host, member.text);
  }
  return member.kind == "netgroup" && subject.host_netgroups.contains(member.text);
}

// The last member that matches the subject decides (sudoers(5), User_List).
template <typename Is>
bool SudoersPolicy::Matches(const Subject& subject, const List& list, Is is) {
  const auto last = std::find_if(list.rbegin(), list.rend(),
                                 [&](const Member& member) { return is(subject, member); });
  return last != list.rend() && !last->negated;
}

bool SudoersPolicy::AuthenticatesByDefault(const Subject& subject) const {
  bool authenticate = true;
  for (const Default& entry : defaults_) {
    if (entry.binding.empty() || Matches(subject, entry.binding, UserIs) ||
        Matches(subject, entry.binding, HostIs)) {
      authenticate = entry.authenticate;
    }
  }
  return authenticate;
}

SudoersPolicy::Commands SudoersPolicy::CommandsOf(const Subject& subject) const {
  const bool by_default = AuthenticatesByDefault(subject);
  Commands commands;
  for (const Rule& rule : rules_) {
    if (!Matches(subject, rule.users, UserIs) || !Matches(subject, rule.hosts, HostIs)) {
      continue;
    }
    for (const Rule::Command& command : rule.commands) {
      for (auto* list : {&commands.with_password, &commands.without_password}) {
        std::erase(*list, command.text);
        std::erase(*list, OppositeOf(command.text));
      }
      const bool authenticate = command.tagged ? command.authenticate : by_default;
      (authenticate ? commands.with_password : commands.without_password).push_back(command.text);
    }
  }
  return commands;
}

}  // namespace twofactor
