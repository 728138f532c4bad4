#include <utility>

#include "common/base/time_text.h"
#include "helperd/twofactord/api/methods.h"

// Bypasses: an administrator lets a user log in without a code for a while.
namespace twofactor::methods {
namespace {

using nlohmann::json;

Result<void> CheckTime(const Call& call, std::chrono::seconds time) {
  const auto longest = call.services.config.bypass.longest;
  if (longest.count() == 0) {
    return Fail(ErrorCode::kNotPermitted,
                "bypasses are disabled: bypass.longest is 0 in twofactord.conf");
  }
  if (time > longest) {
    return Fail(Error::InvalidParams({{"bypass.seconds",
                                       "must be at most " + std::to_string(longest.count()) +
                                           " (bypass.longest of twofactord.conf)",
                                       22}}));
  }
  return {};
}

void Set(const CallPtr& call, const AdministrationPermit& permit, const Account& target) {
  const json& wanted = call->params[1];
  const std::chrono::seconds time(wanted["seconds"].get<std::int64_t>());
  if (const auto checked = CheckTime(*call, time); !checked) {
    call->Refuse(checked.error());
    return;
  }
  const auto& own = call->caller_session().entry();
  const std::string reason = wanted.value("reason", "");
  call->services.store.SetBypass(permit,
                                 {.target = target,
                                  .time = time,
                                  .by_uid = call->caller().uid(),
                                  .by_name = own ? own->name : "",
                                  .reason = reason},
                                 AnswerWith(call, [call](const StoredBypass& bypass) {
                                   call->reason = "until " + LocalTimeText(bypass.until) +
                                                  ", reason: " + bypass.reason;
                                   return DescribeBypass(bypass);
                                 }));
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

void SetBypass(const CallPtr& call, const AdministrationPermit& permit) {
  FindAccount(call, call->params[0].get<std::string>(),
              [call, permit](const Account& target) { Set(call, permit, target); });
}

void EndBypass(const CallPtr& call, const AdministrationPermit& permit) {
  const auto& given = call->params[0].get_ref<const std::string&>();
  call->services.accounts.FindUser(
      call->asker(), given, [call, permit, given](const Result<PasswdEntry>& entry) {
        // Ending a bypass must not wait for a directory, so the name may do as it was given.
        const auto name = Username::Parse(entry ? entry->name : given);
        const bool known = name && call->services.store.HasBypass(*name);
        if (!name || (!entry && !known)) {
          call->Refuse(entry ? Error(ErrorCode::kNoSuchUser, "no such user") : entry.error());
          return;
        }
        call->target = name->text();
        call->services.store.EndBypass(permit, *name, AnswerWith(call));
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
