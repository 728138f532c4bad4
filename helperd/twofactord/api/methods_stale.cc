#include <algorithm>
#include <memory>
#include <utility>

#include "helperd/twofactord/api/methods.h"
#include "helperd/twofactord/api/stale_look.h"
#include "helperd/twofactord/vault/stale_note.h"

// Users that the system no longer knows: lists them, removes them, and moves their devices to a new
// name.
namespace twofactor::methods {
namespace {

using nlohmann::json;
using State = UserCheck::State;

std::string AfterOf(const Call& call) {
  const json options = call.params.empty() ? json::object() : call.params[0];
  return options.value("after", "");
}

// In words, for the audit line.
std::string ReasonFor(const UserCheck& check, uid_t uid) {
  switch (check.state) {
    case State::kOtherUid:
      return "the name had uid " + std::to_string(uid) + " and has uid " +
             std::to_string(check.uid) + " now";
    case State::kRenamed:
      return "uid " + std::to_string(uid) + " is called " + check.name + " now";
    default:
      return "the system knows no such user, who had uid " + std::to_string(uid);
  }
}

bool HasFactor(Call& call, const std::string& name, uid_t uid) {
  const auto username = Username::Parse(name);
  const auto device =
      username ? call.services.store.ReadDevice({*username, uid}) : Fail(username.error());
  return device && device->has_value();
}

json StaleUser(Call& call, const VaultUser& user, const UserCheck& check,
               const std::optional<StaleNote>& note, bool removed) {
  const bool renamed = check.state == State::kRenamed;
  const bool other = check.state == State::kOtherUid;
  const auto grace = call.services.config.upkeep.stale_days;
  const auto left = DaysLeft(note.value_or(StaleNote{}), grace);
  return {{"username", user.username.text()},
          {"uid", user.uid},
          {"state", NameOf(check.state)},
          {"new_username", renamed ? json(check.name) : json()},
          {"new_uid", other ? json(check.uid) : json()},
          {"new_configured", (renamed && HasFactor(call, check.name, user.uid)) ||
                                 (other && HasFactor(call, user.username.text(), check.uid))},
          {"devices", user.devices},
          {"first_seen", note ? json(note->first_seen.time_since_epoch().count()) : json()},
          {"days_left", left ? json(left->count()) : json()},
          {"removed", removed}};
}

// `noted` gives what is noted of the user at this place now.
template <typename Noted>
json AnswerOf(Call& call, const StaleLook& look, Noted noted) {
  json stale = json::array();
  json unanswered = json::array();
  for (std::size_t i = 0; i < look.users.size(); ++i) {
    const auto& [user, check] = look.users[i];
    if (check.state == State::kUnanswered) {
      unanswered.push_back(
          {{"username", user.username.text()}, {"uid", user.uid}, {"reason", check.reason}});
    } else if (IsStale(check.state)) {
      const NotedLook now = noted(i);
      stale.push_back(StaleUser(call, user, check, now.note, now.removed));
    }
  }
  return {{"stale", stale},
          {"unanswered", unanswered},
          {"looked_at", look.users.size()},
          {"next", look.next ? json(*look.next) : json()}};
}

// An upkeep on its way.
struct UpkeepUnderWay {
  CallPtr call;
  AdministrationPermit permit;
  StaleLook look;
};
using UpkeepPtr = std::shared_ptr<UpkeepUnderWay>;

void RecordRemovals(const UpkeepUnderWay& upkeep, const std::vector<NotedLook>& noted) {
  for (std::size_t i = 0; i < noted.size(); ++i) {
    if (noted[i].removed) {
      const auto& [user, check] = upkeep.look.users[i];
      upkeep.call->record(user.username.text(), "removed: " + ReasonFor(check, user.uid));
    }
  }
}

// After the last users, what else nobody needs.
void FinishUpkeep(const UpkeepPtr& upkeep, json answer) {
  if (upkeep->look.next) {
    answer["keys"] = 0;
    upkeep->call->Answer(std::move(answer));
    return;
  }
  upkeep->call->services.store.RemoveUnusedRecoveryKeys(
      upkeep->permit, AnswerWith(upkeep->call, [answer](std::uint64_t removed) {
        json complete = answer;
        complete["keys"] = removed;
        return complete;
      }));
}

void NoteLooks(const UpkeepPtr& upkeep) {
  std::vector<UserLook> looks;
  // By the place in the look; those who are neither known nor stale stay as they are.
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < upkeep->look.users.size(); ++i) {
    const auto& [user, check] = upkeep->look.users[i];
    const bool stale = IsStale(check.state);
    if (stale || (check.state == State::kKnown && user.stale)) {
      looks.push_back({{user.username, user.uid}, !stale});
      places.push_back(i);
    }
  }
  Services& services = upkeep->call->services;
  services.store.NoteLooks(
      upkeep->permit, std::move(looks), upkeep->look.moment, services.config.upkeep.stale_days,
      [upkeep, places](const Result<std::vector<NotedLook>>& noted) {
        if (!noted) {
          upkeep->call->Refuse(noted.error());
          return;
        }
        std::vector<NotedLook> all(upkeep->look.users.size());
        for (std::size_t i = 0; i < places.size(); ++i) {
          all[places[i]] = (*noted)[i];
        }
        RecordRemovals(*upkeep, all);
        FinishUpkeep(upkeep, AnswerOf(*upkeep->call, upkeep->look,
                                      [&all](std::size_t i) { return all[i]; }));
      });
}

// Removes those of the users in the request that the system no longer knows.
void RemoveStale(const CallPtr& call, const AdministrationPermit& permit, LookMoment moment,
                 const std::vector<UserCheck>& checks) {
  const json& given = call->params[0];
  json answer = json::array();
  std::vector<Account> gone;
  std::vector<std::string> reasons;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < given.size(); ++i) {
    // A user that CheckUsers did not get to counts as unanswered.
    const UserCheck check = i < checks.size() ? checks[i] : UserCheck{};
    const auto uid = given[i]["uid"].get<uid_t>();
    auto name = Username::Parse(given[i]["username"].get_ref<const std::string&>());
    const bool stale = name && IsStale(check.state);
    if (stale) {
      gone.push_back({std::move(*name), uid});
      reasons.push_back("removed: " + ReasonFor(check, uid));
      places.push_back(i);
    }
    answer.push_back({{"username", given[i]["username"]},
                      {"uid", uid},
                      {"outcome", stale ? "removed" : NameOf(check.state)}});
  }
  call->services.store.ForgetUsers(
      permit, gone, moment,
      AnswerWith(call, [call, gone, reasons, places, answer](const std::vector<bool>& removed) {
        json outcomes = answer;
        for (std::size_t i = 0; i < gone.size(); ++i) {
          if (removed[i]) {
            call->record(gone[i].name.text(), reasons[i]);
          } else {
            outcomes[places[i]]["outcome"] = NameOf(State::kKnown);
          }
        }
        return outcomes;
      }));
}

void GiveNewName(const CallPtr& call, const AdministrationPermit& permit, const Username& from,
                 const Account& to) {
  call->services.store.RenameUser(
      permit, from, to, AnswerWith(call, [call, from, to](const RenamedFactor& renamed) {
        call->record(to.name.text(), "was " + from.text());
        return json{{"devices", renamed.devices},
                    {"lost_recovery_codes", renamed.lost_recovery_codes}};
      }));
}

// Only a name that is gone may be renamed.
void CheckOldName(const CallPtr& call, const AdministrationPermit& permit, const Username& from,
                  const Account& to) {
  call->services.accounts.CheckUsers(
      call->asker(), {{from.text(), to.uid}},
      [call, permit, from, to](const Result<std::vector<UserCheck>>& checks) {
        if (!checks || checks->empty()) {
          call->Refuse(checks ? Error(ErrorCode::kUnavailable, "the system did not answer")
                              : checks.error());
          return;
        }
        const UserCheck& check = checks->front();
        if (check.state == State::kUnanswered) {
          call->Refuse(Error(ErrorCode::kUnavailable, check.reason));
        } else if (check.state != State::kRenamed) {
          call->Refuse(
              Error(ErrorCode::kConflict, "the system still has a user " + from.text() +
                                              "; only a name that is gone can be renamed"));
        } else {
          GiveNewName(call, permit, from, to);
        }
      });
}

}  // namespace

void StaleFactors(const CallPtr& call) {
  LookAtUsers(call, AfterOf(*call), [call](const StaleLook& look) {
    call->Answer(AnswerOf(*call, look, [&look](std::size_t i) {
      return NotedLook{look.users[i].first.stale, false};
    }));
  });
}

void Upkeep(const CallPtr& call, const AdministrationPermit& permit) {
  LookAtUsers(call, AfterOf(*call), [call, permit](StaleLook look) {
    NoteLooks(std::make_shared<UpkeepUnderWay>(UpkeepUnderWay{call, permit, std::move(look)}));
  });
}

void RemoveStaleFactors(const CallPtr& call, const AdministrationPermit& permit) {
  std::vector<UserToCheck> users;
  for (const json& one : call->params[0]) {
    users.push_back({one["username"].get<std::string>(), one["uid"].get<uid_t>()});
  }
  if (users.empty()) {
    call->Answer(json::array());
    return;
  }
  call->services.store.BeginLook(
      [call, permit, users = std::move(users)](const Result<LookMoment>& moment) {
        if (!moment) {
          call->Refuse(moment.error());
          return;
        }
        call->services.accounts.CheckUsers(
            call->asker(), users,
            [call, permit, moment = *moment](const Result<std::vector<UserCheck>>& checks) {
              if (!checks) {
                call->Refuse(checks.error());
                return;
              }
              RemoveStale(call, permit, moment, *checks);
            });
      });
}

void RenameUser(const CallPtr& call, const AdministrationPermit& permit) {
  const auto from = Username::Parse(call->params[0].get_ref<const std::string&>());
  if (!from) {
    call->Refuse(Error(ErrorCode::kNoSuchUser, "no user can have this name"));
    return;
  }
  FindAccount(
      call, call->params[1].get<std::string>(),
      [call, permit, from = *from](const Account& to) { CheckOldName(call, permit, from, to); });
}

}  // namespace twofactor::methods
