#include <utility>

#include "common/otp/code.h"
#include "helperd/twofactord/api/audit_reason.h"
#include "helperd/twofactord/api/methods.h"
#include "helperd/twofactord/api/provisioning.h"
#include "helperd/twofactord/api/user_entry.h"

namespace twofactor::methods {
namespace {

RenewalOptions OptionsFrom(const nlohmann::json& options) {
  RenewalOptions wanted;
  if (options.contains("otp_digits")) {
    wanted.digits = options["otp_digits"].get<int>();
  }
  if (options.contains("interval")) {
    wanted.interval = std::chrono::seconds(options["interval"].get<std::int64_t>());
  }
  if (options.contains("algorithm")) {
    wanted.algorithm = AlgorithmNamed(options["algorithm"].get_ref<const std::string&>());
  }
  if (options.contains("type")) {
    wanted.kind = DeviceKindNamed(options["type"].get_ref<const std::string&>());
  }
  if (options.contains("label")) {
    wanted.label = options["label"].get<std::string>();
  }
  return wanted;
}

// What a secret was made with, for the audit line; the label only where the call gave one.
nlohmann::json OptionsOf(DeviceKind kind, const OtpParameters& parameters,
                         const nlohmann::json& given) {
  nlohmann::json options = {{"type", NameOf(kind)},
                            {"algorithm", AlgorithmName(parameters.algorithm)},
                            {"otp_digits", parameters.digits},
                            {"interval", parameters.interval.count()}};
  if (given.is_object() && given.contains("label")) {
    options["label"] = given["label"];
  }
  return options;
}

// A secret as it leaves the daemon, once.
struct ShownSecret {
  DeviceKind kind;
  const OtpParameters& parameters;
  const SecretBytes& secret;
};

Result<nlohmann::json> EntryWithUri(Call& call, const nlohmann::json& described,
                                    const Account& target, const ShownSecret& shown) {
  const auto uri =
      ProvisioningUriFor(call.services.config, target, shown.kind, shown.secret, shown.parameters);
  if (!uri) {
    return Fail(uri.error());
  }
  nlohmann::json entry = MakeUserEntry(*call.session, described, DeviceState{0, shown.parameters});
  entry["twofactor_config"]["provisioning_uri"] = uri->text();
  return entry;
}

void AnswerRenewed(Call& call, const nlohmann::json& described, const Account& target,
                   const Result<RenewedSecret>& renewed) {
  if (!renewed) {
    call.Refuse(renewed.error());
    return;
  }
  if (target.uid == call.caller().uid) {
    call.caller_session().SetProof(renewed->generation, call.services.store.Watch(target.name));
  }
  call.reason = ListMembers(OptionsOf(renewed->kind, renewed->parameters, call.params[1]));
  call.reply(
      EntryWithUri(call, described, target, {renewed->kind, renewed->parameters, renewed->secret}));
}

// Resolves the target, checks the permit, and fetches what the system says of the user, so that
// nothing has changed when that fails.
void Prepare(const CallPtr& call, std::function<void(RenewalPermit, const nlohmann::json&)> next) {
  ResolveAccount(call, call->params[0].get<std::string>(),
                 [call, next = std::move(next)](const Account& target) {
                   const auto permitted = PermitNewSecret(*call, target);
                   if (!permitted) {
                     call->Refuse(permitted.error());
                     return;
                   }
                   call->services.accounts.DescribeUser(
                       call->asker(), target.name.text(),
                       [call, target, next](const Result<nlohmann::json>& described) {
                         // Asked again: the factor may have changed while the system was asked.
                         const auto permit = PermitNewSecret(*call, target);
                         if (!described || !permit) {
                           call->Refuse(described ? permit.error() : described.error());
                           return;
                         }
                         next(*permit, *described);
                       });
                 });
}

}  // namespace

void RenewSecret(const CallPtr& call) {
  call->reason = ListMembers(call->params[1]);
  Prepare(call, [call](const RenewalPermit& permit, const nlohmann::json& described) {
    if (const auto taken =
            TakeFromLimit(call->services, call->caller().full_admin, permit.target());
        !taken) {
      call->Refuse(taken.error());
      return;
    }
    call->services.store.Renew(
        permit, OptionsFrom(call->params[1]),
        [call, target = permit.target(), described](const Result<RenewedSecret>& renewed) {
          AnswerRenewed(*call, described, target, renewed);
        });
  });
}

void StartEnrollment(const CallPtr& call) {
  call->reason = ListMembers(call->params[1]);
  Prepare(call, [call](const RenewalPermit& permit, const nlohmann::json& described) {
    if (const auto taken =
            TakeFromLimit(call->services, call->caller().full_admin, permit.target());
        !taken) {
      call->Refuse(taken.error());
      return;
    }
    call->services.store.MakePending(
        permit, OptionsFrom(call->params[1]), [call, described](Result<PendingSecret> pending) {
          if (!pending) {
            call->Refuse(pending.error());
            return;
          }
          // The entry as it will be; only the secret's own connection can make it so.
          auto entry = EntryWithUri(*call, described, pending->target,
                                    {pending->kind, pending->parameters, pending->secret});
          call->reason =
              ListMembers(OptionsOf(pending->kind, pending->parameters, call->params[1]));
          if (entry) {
            call->caller_session().enrollment() = Enrollment{std::move(*pending)};
          }
          call->reply(std::move(entry));
        });
  });
}

void FinishEnrollment(const CallPtr& call) {
  Prepare(call, [call](const RenewalPermit& permit, const nlohmann::json& described) {
    auto& enrollment = call->caller_session().enrollment();
    if (!enrollment || enrollment->pending.target.uid != permit.target().uid ||
        enrollment->pending.target.name != permit.target().name) {
      call->Refuse(
          Error(ErrorCode::kConflict, "no enrollment of this user was started on this connection"));
      return;
    }
    const SecretBytes code = ParseCode(call->params[1].get_ref<const std::string&>());
    auto shared = std::make_shared<Enrollment>(std::move(*enrollment));
    enrollment.reset();
    call->services.store.FinishPending(
        permit, shared->pending, code,
        [call, shared, described](const Result<RenewedSecret>& renewed) {
          const bool wrong = !renewed && renewed.error().code() == ErrorCode::kConflict;
          if (wrong) {
            StateWrongCode(*call);
          }
          if (wrong && ++shared->wrong_codes < Enrollment::kMaxWrongCodes) {
            call->caller_session().enrollment() = std::move(*shared);
          }
          AnswerRenewed(*call, described, shared->pending.target, renewed);
        });
  });
}

}  // namespace twofactor::methods
