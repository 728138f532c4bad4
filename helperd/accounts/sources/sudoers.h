#ifndef TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SUDOERS_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SUDOERS_H_

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "helperd/accounts/child.h"
#include "helperd/accounts/sources/host_identity.h"

namespace twofactor {

// The sudoers policy from files, as cvtsudoers(1) writes it in JSON, with aliases expanded. It does
// not include a policy in LDAP or SSSD.
class SudoersPolicy {
 public:
  // Returns the arguments for cvtsudoers. Leaves out Defaults of commands and target users, which
  // cannot be distinguished from those of users in the JSON.
  static std::vector<std::string> Arguments(const std::string& sudoers_path);
  // Parses the policy. Fails with kUnavailable, naming cvtsudoers.
  static Result<SudoersPolicy> Read(const ChildOutput& output);

  // Return the Unix groups and the netgroups in the rules, for the caller to look up.
  const std::set<std::string>& groups() const { return groups_; }
  const std::set<std::string>& netgroups() const { return netgroups_; }

  // The user, and the host.
  struct Subject {
    std::string user;
    uid_t uid;
    std::set<gid_t> gids;
    std::set<std::string> groups;          // Those of groups() that the user is in.
    std::set<std::string> netgroups;       // Those of netgroups() that the user is in.
    std::set<std::string> host_netgroups;  // Those of netgroups() that the host is in.
    HostIdentity host;
  };
  // Returns the commands of all rules that apply to the subject, as any target user, in the order
  // of the file. A forbidden command has a '!' in front; of two rules for the same command the last
  // one counts, as in sudo. A pure function.
  struct Commands {
    std::vector<std::string> with_password;
    std::vector<std::string> without_password;
  };
  Commands CommandsOf(const Subject& subject) const;

 private:
  // One member of a list: "username", "usergroup", …, and its value.
  struct Member {
    std::string kind;
    std::string text;
    bool negated;
  };
  using List = std::vector<Member>;
  struct Rule {
    List users;
    List hosts;
    struct Command {
      std::string text;
      bool tagged;
      bool authenticate;  // Only if tagged.
    };
    std::vector<Command> commands;
  };
  // "Defaults [binding] [!]authenticate"
  struct Default {
    List binding;
    bool authenticate;
  };

  static bool UserIs(const Subject& subject, const Member& member);
  static bool HostIs(const Subject& subject, const Member& member);
  template <typename Is>
  static bool Matches(const Subject& subject, const List& list, Is is);
  static List ReadList(const nlohmann::json& list);
  static void ReadCommands(const nlohmann::json& spec, Rule& rule);
  void ReadRules(const nlohmann::json& policy);
  void ReadDefaults(const nlohmann::json& policy);
  void Collect(const List& list);
  bool AuthenticatesByDefault(const Subject& subject) const;

  std::vector<Rule> rules_;
  std::vector<Default> defaults_;
  std::set<std::string> groups_;
  std::set<std::string> netgroups_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_SOURCES_SUDOERS_H_
