#include <utility>

#include "helperd/messages/described_fields.h"
#include "helperd/twofactord/api/entry_versions.h"
#include "helperd/twofactord/api/methods.h"
#include "helperd/twofactord/api/query.h"

namespace twofactor::methods {
namespace {

using nlohmann::json;

// No user's: a group has the roles that it gives its members.
constexpr uid_t kNobodysUid = static_cast<uid_t>(-1);

// A group that is looked up and not looked for in a list: not every directory lists its groups.
AccountsSource::GroupLook LookFor(const Query& query) {
  for (const QueryFilter& filter : query.filters) {
    for (const char* field : {"name", "group"}) {
      const json* name = filter.OnlyValueOf(field);
      if (name != nullptr && name->is_string() && !name->get_ref<const std::string&>().empty()) {
        return {.names = {name->get<std::string>()}};
      }
    }
    for (const char* field : {"gid", "id"}) {
      const json* number = filter.OnlyValueOf(field);
      if (number == nullptr || !number->is_number_integer()) {
        continue;
      }
      const auto value = number->get<std::int64_t>();
      const bool of_directory = field[0] == 'i' && value >= kDirectoryIdOffset;
      const std::int64_t gid = of_directory ? value - kDirectoryIdOffset : value;
      if (gid >= 0 && gid <= kMaxUid) {
        return {.gids = {static_cast<gid_t>(gid)}};
      }
    }
  }
  return {};
}

// The entry of a group for the caller.
json GroupEntryOf(Call& call, json described) {
  described["roles"] =
      call.caller_session().RolesOf(kNobodysUid, {described.at("gid").get<gid_t>()}).Names();
  FitToVersion(VersionedObject::kGroup, call.session->version, described);
  return described;
}

// `instance`: the key of the one group that is looked for; empty for a query.
void AnswerGroups(const CallPtr& call, const Query& query, const std::string& instance) {
  call->services.accounts.ListGroups(
      call->asker(), LookFor(query), [call, query, instance](Result<json> groups) {
        if (!groups) {
          call->Refuse(groups.error());
          return;
        }
        std::vector<json> matches;
        for (json& described : *groups) {
          if (!call->caller_session().MaySeeGroup(described.at("gid").get<gid_t>())) {
            continue;
          }
          json entry = GroupEntryOf(*call, std::move(described));
          if (query.Matches(entry)) {
            matches.push_back(std::move(entry));
          }
        }
        if (!instance.empty() && matches.empty()) {
          call->Refuse(NoInstance("Group", instance));
          return;
        }
        call->reply(Arrange(query, std::move(matches)));
      });
}

}  // namespace

void QueryGroups(const CallPtr& call) { AnswerGroups(call, QueryOf(call->params), ""); }

void GetGroupInstance(const CallPtr& call) {
  const json& key = call->params[0];
  const json filters = json::array({json::array({key.is_string() ? "name" : "id", "=", key})});
  AnswerGroups(call, ParseQuery(filters, {{"get", true}}), TextOfKey(key));
}

}  // namespace twofactor::methods
