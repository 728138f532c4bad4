#include <utility>

#include "common/base/time_text.h"
#include "helperd/twofactord/api/methods.h"

// Users whom an administrator lets in without a code for a while.
namespace twofactor::methods {
namespace {

using nlohmann::json;

Result<void> CheckTime(const Call& call, std::chrono::seconds time) {
  const auto longest = call.services.config.bypass.longest;
  if (longest.count() == 0) {
    return Fail(ErrorCode::kNotPermitted,
                "bypass.longest = 0 in twofactord.conf says that none are given here");
  }
  if (time > longest) {
    return Fail(Error::InvalidParams({{"bypass.seconds",
                                       "must be at most " + std::to_string(longest.count()) +
                                           " (bypass.longest of twofactord.conf)",
                                       22}}));
  }
  return {};
}

void Set(const CallPtr& call, const Account& target) {
  const auto permit = PermitAdministration(call->caller());
  const json& wanted = call->params[1];
  const std::chrono::seconds time(wanted["seconds"].get<std::int64_t>());
  const auto checked = permit ? CheckTime(*call, time) : Fail(permit.error());
  if (!checked) {
    call->Refuse(checked.error());
    return;
  }
  const auto& own = call->caller_session().entry();
  const std::string reason = wanted.value("reason", "");
  call->services.store.SetBypass(*permit,
                                 {.target = target,
                                  .time = time,
                                  .by_uid = call->caller().uid,
                                  .by_name = own ? own->name : "",
                                  .reason = reason},
                                 [call](const Result<StoredBypass>& bypass) {
                                   if (!bypass) {
                                     call->Refuse(bypass.error());
                                     return;
                                   }
                                   call->reason = "until " + LocalTimeText(bypass->until) +
                                                  ", reason: " + bypass->reason;
                                   call->Answer(DescribeBypass(*bypass));
                                 });
}

void End(const CallPtr& call, const Username& name) {
  const auto permit = PermitAdministration(call->caller());
  if (!permit) {
    call->Refuse(permit.error());
    return;
  }
  call->target = name.text();
  call->services.store.EndBypass(*permit, name, [call](const Result<bool>& ended) {
    if (!ended) {
      call->Refuse(ended.error());
      return;
    }
    call->Answer(*ended);
  });
}

}  // namespace

json DescribeBypass(const StoredBypass& bypass) {
  return {{"username", bypass.username.text()},
          {"uid", bypass.uid},
          {"since", bypass.since.time_since_epoch().count()},
          {"until", bypass.until.time_since_epoch().count()},
          {"by_uid", bypass.by_uid},
          {"by", bypass.by_name},
          {"reason", bypass.reason}};
}

void SetBypass(const CallPtr& call) {
  ResolveAccount(call, call->params[0].get<std::string>(),
                 [call](const Account& target) { Set(call, target); });
}

void EndBypass(const CallPtr& call) {
  const auto& given = call->params[0].get_ref<const std::string&>();
  call->services.accounts.FindUser(
      call->asker(), given, [call, given](const Result<PasswdEntry>& entry) {
        // What stops somebody does not wait for a directory: the name as it was given may do.
        const auto name = Username::Parse(entry ? entry->name : given);
        const bool known = name && call->services.store.HasBypass(*name);
        if (!name || (!entry && !known)) {
          call->Refuse(entry ? Error(ErrorCode::kNoSuchUser, "there is no such user")
                             : entry.error());
          return;
        }
        End(call, *name);
      });
}

void ListBypasses(const CallPtr& call) {
  auto listed = json::array();
  for (const StoredBypass& bypass : call->services.store.ListBypasses()) {
    listed.push_back(DescribeBypass(bypass));
  }
  call->Answer(std::move(listed));
}

}  // namespace twofactor::methods
