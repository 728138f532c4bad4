#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>

#include "helperd/messages/described_fields.h"
#include "helperd/twofactord/api/methods.h"
#include "helperd/twofactord/api/query.h"
#include "helperd/twofactord/api/stale_look.h"
#include "helperd/twofactord/api/user_entry.h"

namespace twofactor::methods {
namespace {

using nlohmann::json;

// A query on its way: the users that it may still be about, described one after the other, so that
// it takes one worker of twofactor-accounts and not all.
struct Search {
  CallPtr call;
  Query query;
  std::vector<PasswdEntry> users;
  std::size_t next = 0;
  std::vector<json> matches;
  // user.get_instance: which user is looked for, for the words that tell that there is none.
  std::string instance = {};
  std::unordered_set<std::string> names = {};  // Of `users`, while more are looked for.
};
using SearchPtr = std::shared_ptr<Search>;

// Goes on to the next user whose entry may match.
void Advance(const SearchPtr& search);

void OnDescribed(const SearchPtr& search, const std::optional<DeviceState>& device,
                 Result<json> described) {
  if (!described) {
    // Removed while the search went on.
    if (described.error().code() != ErrorCode::kNoSuchUser) {
      search->call->Refuse(described.error());
      return;
    }
    Advance(search);
    return;
  }
  json entry = MakeUserEntry(*search->call->session, std::move(*described), device);
  if (search->query.Matches(entry)) {
    search->matches.push_back(std::move(entry));
  }
  Advance(search);
}

void Advance(const SearchPtr& search) {
  Call& call = *search->call;
  while (search->next < search->users.size() &&
         !search->query.IsAnsweredBy(search->matches.size())) {
    const PasswdEntry& user = search->users[search->next++];
    const auto name = Username::Parse(user.name);
    if (!name || !call.caller().MaySee(user.uid)) {
      continue;
    }
    const auto device = call.services.store.ReadDevice({*name, user.uid});
    if (!device) {
      call.Refuse(device.error());
      return;
    }
    // What is known without asking the system for the rest.
    const json known = {{"username", user.name},
                        {"uid", user.uid},
                        {"twofactor_auth_configured", device->has_value()}};
    if (!search->query.MayMatch(known)) {
      continue;
    }
    call.services.accounts.DescribeUser(call.asker(), user.name,
                                        [search, device = *device](Result<json> described) {
                                          OnDescribed(search, device, std::move(described));
                                        });
    return;
  }
  if (!search->instance.empty() && search->matches.empty()) {
    call.Refuse(NoInstance("User", search->instance));
    return;
  }
  call.reply(Arrange(search->query, std::move(search->matches)));
}

constexpr std::int64_t kMaxUid = 4294967294;

// What the query's one user must have in `field`, of this type; null: there may be many.
const json* Wanted(const Query& query, std::string_view field,
                   bool (json::*is_type)() const noexcept) {
  for (const QueryFilter& filter : query.filters) {
    const json* value = filter.OnlyValueOf(field);
    if (value != nullptr && (value->*is_type)()) {
      return value;
    }
  }
  return nullptr;
}

// The uids that a user with this uid, or this id, may have.
std::vector<uid_t> UidsOf(const json* uid, const json* id) {
  const json& number = uid != nullptr ? *uid : *id;
  const auto value = number.get<std::int64_t>();
  std::vector<uid_t> uids;
  if (value >= 0 && value <= kMaxUid) {
    uids.push_back(static_cast<uid_t>(value));
  }
  if (uid == nullptr && value >= kDirectoryIdOffset && value - kDirectoryIdOffset <= kMaxUid) {
    uids.push_back(static_cast<uid_t>(value - kDirectoryIdOffset));
  }
  return uids;
}

// Looks one uid after the other up, then goes on with the users that were found.
void FindByUids(const SearchPtr& search, std::vector<uid_t> uids) {
  if (uids.empty()) {
    Advance(search);
    return;
  }
  const uid_t uid = uids.back();
  uids.pop_back();
  search->call->services.accounts.Identify(
      search->call->asker(), uid, {},
      [search, uids = std::move(uids)](Result<Identity> identity) mutable {
        if (!identity) {
          search->call->Refuse(identity.error());
          return;
        }
        if (identity->entry) {
          search->users.push_back(std::move(*identity->entry));
        }
        FindByUids(search, std::move(uids));
      });
}

void FindByName(const SearchPtr& search, const std::string& name) {
  search->call->services.accounts.FindUser(
      search->call->asker(), name, [search](Result<PasswdEntry> entry) {
        if (entry) {
          search->users.push_back(std::move(*entry));
        } else if (entry.error().code() != ErrorCode::kNoSuchUser) {
          search->call->Refuse(entry.error());
          return;
        }
        Advance(search);
      });
}

// Looks up the users of the vault behind this name whom the directory did not list: SSSD and
// winbind list nobody unless they are told to.
void FindInVault(const SearchPtr& search, const std::string& after);

void FindInSystem(const SearchPtr& search, std::vector<VaultUser> users) {
  constexpr std::size_t kOne = 1;
  const std::size_t count = std::max(kOne, UsersOfARequest(users));
  const std::string last = users[count - 1].username.text();
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    if (search->names.insert(users[i].username.text()).second) {
      names.push_back(users[i].username.text());
    }
  }
  if (names.empty()) {
    FindInVault(search, last);
    return;
  }
  search->call->services.accounts.FindUsers(
      search->call->asker(), names, [search, last](Result<std::vector<PasswdEntry>> found) {
        if (!found) {
          search->call->Refuse(found.error());
          return;
        }
        search->users.insert(search->users.end(), found->begin(), found->end());
        FindInVault(search, last);
      });
}

void FindInVault(const SearchPtr& search, const std::string& after) {
  constexpr std::size_t kUsersAtOnce = 500;
  search->call->services.store.ListVaultUsers(after, kUsersAtOnce,
                                              [search](Result<ListedVaultUsers> listed) {
                                                if (!listed) {
                                                  search->call->Refuse(listed.error());
                                                } else if (listed->users.empty()) {
                                                  search->names.clear();
                                                  Advance(search);
                                                } else {
                                                  FindInSystem(search, std::move(listed->users));
                                                }
                                              });
}

void FindAll(const SearchPtr& search) {
  search->call->services.accounts.ListUsers(search->call->asker(),
                                            [search](Result<std::vector<PasswdEntry>> users) {
                                              if (!users) {
                                                search->call->Refuse(users.error());
                                                return;
                                              }
                                              search->users = std::move(*users);
                                              for (const PasswdEntry& user : search->users) {
                                                search->names.insert(user.name);
                                              }
                                              FindInVault(search, "");
                                            });
}

// One user is looked up, not looked for in a list: not every directory lists its users.
void StartSearch(const CallPtr& call, Query query, std::string instance) {
  auto search =
      std::make_shared<Search>(Search{call, std::move(query), {}, 0, {}, std::move(instance)});
  if (!call->caller().MaySeeAll()) {
    if (const auto& own = call->caller_session().entry()) {
      search->users.push_back(*own);
    }
    Advance(search);
    return;
  }
  const json* name = Wanted(search->query, "username", &json::is_string);
  const json* uid = Wanted(search->query, "uid", &json::is_number_integer);
  const json* id = Wanted(search->query, "id", &json::is_number_integer);
  if (name != nullptr) {
    FindByName(search, name->get<std::string>());
  } else if (uid != nullptr || id != nullptr) {
    FindByUids(search, UidsOf(uid, id));
  } else {
    FindAll(search);
  }
}

}  // namespace

void QueryUsers(const CallPtr& call) { StartSearch(call, QueryOf(call->params), ""); }

void GetInstance(const CallPtr& call) {
  const json& key = call->params[0];
  const json filters = json::array({json::array({key.is_string() ? "username" : "id", "=", key})});
  StartSearch(call, ParseQuery(filters, {{"get", true}}), TextOfKey(key));
}

}  // namespace twofactor::methods
