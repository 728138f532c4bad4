#include <utility>

#include "common/otp/code.h"
#include "helperd/twofactord/api/audit_reason.h"
#include "helperd/twofactord/api/gate.h"
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

// What a secret was made with, for the audit line; the label only if the call gave one.
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

// A secret on its only way out of the daemon.
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

void AnswerRenewed(Call& call, const nlohmann::json& described, const RenewalPermit& permit,
                   const Result<RenewedSecret>& renewed) {
  if (!renewed) {
    call.Refuse(renewed.error());
    return;
  }
  const Account& target = permit.target();
  call.caller_session().SetProof(permit, *renewed, call.services.store.Watch(target.name));
  call.reason = ListMembers(OptionsOf(renewed->kind, renewed->parameters, call.params[1]));
  call.reply(
      EntryWithUri(call, described, target, {renewed->kind, renewed->parameters, renewed->secret}));
}

using Prepared = std::function<void(const RenewalPermit& permit, const nlohmann::json& described)>;

// Fetches what the system says of the target first, so that nothing has changed if that fails.
void Prepare(const CallPtr& call, const RenewalPermit& permit, Prepared next) {
  call->services.accounts.DescribeUser(
      call->asker(), permit.target().name.text(),
      [call, permit, next = std::move(next)](const Result<nlohmann::json>& described) {
        const auto again = Gate::PassAgain(*call, permit);
        if (!described || !again) {
          call->Refuse(described ? again.error() : described.error());
          return;
        }
        next(*again, *described);
      });
}

// The same for a secret that counts against the target's limit.
void PrepareNewSecret(const CallPtr& call, const RenewalPermit& permit, Prepared next) {
  Prepare(
      call, permit,
      [call, next = std::move(next)](const RenewalPermit& again, const nlohmann::json& described) {
        if (const auto taken = TakeFromLimit(call->services, again); !taken) {
          call->Refuse(taken.error());
          return;
        }
        next(again, described);
      });
}

}  // namespace

void RenewSecret(const CallPtr& call, const RenewalPermit& permit) {
  PrepareNewSecret(
      call, permit, [call](const RenewalPermit& again, const nlohmann::json& described) {
        call->services.store.Renew(again, OptionsFrom(call->params[1]),
                                   [call, again, described](const Result<RenewedSecret>& renewed) {
                                     AnswerRenewed(*call, described, again, renewed);
                                   });
      });
}

void StartEnrollment(const CallPtr& call, const RenewalPermit& permit) {
  PrepareNewSecret(
      call, permit, [call](const RenewalPermit& again, const nlohmann::json& described) {
        call->services.store.MakePending(
            again, OptionsFrom(call->params[1]), [call, described](Result<PendingSecret> pending) {
              if (!pending) {
                call->Refuse(pending.error());
                return;
              }
              // The entry as it will be. Only this connection can finish the enrollment.
              auto entry = EntryWithUri(*call, described, pending->target,
                                        {pending->kind, pending->parameters, pending->secret});
              call->reason =
                  ListMembers(OptionsOf(pending->kind, pending->parameters, call->params[1]));
              if (entry) {
                call->caller_session().SetEnrollment({std::move(*pending)});
              }
              call->reply(std::move(entry));
            });
      });
}

void FinishEnrollment(const CallPtr& call, const RenewalPermit& permit) {
  Prepare(call, permit, [call](const RenewalPermit& again, const nlohmann::json& described) {
    const auto enrollment = call->caller_session().TakeEnrollment(again.target());
    if (!enrollment) {
      call->Refuse(enrollment.error());
      return;
    }
    call->services.store.FinishPending(
        again, (*enrollment)->pending, ParseCode(call->params[1].get_ref<const std::string&>()),
        [call, again, kept = *enrollment, described](const Result<RenewedSecret>& renewed) {
          if (!renewed && renewed.error().code() == ErrorCode::kConflict) {
            call->caller_session().PutBack(*kept);
            StateWrongCode(*call);
          }
          AnswerRenewed(*call, described, again, renewed);
        });
  });
}

}  // namespace twofactor::methods
