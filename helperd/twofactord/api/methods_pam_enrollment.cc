#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/otp/code.h"
#include "common/qr/otpauth_uri.h"
#include "common/qr/qr_code.h"
#include "helperd/twofactord/api/audit_reason.h"
#include "helperd/twofactord/api/methods.h"
#include "helperd/twofactord/api/provisioning.h"
#include "helperd/twofactord/factor/enrollment_days.h"

// A first secret at a login (the PAM module's option enroll): whatever the peer's rights are, a
// factor that is there is never replaced.
namespace twofactor::methods {
namespace {

using nlohmann::json;

constexpr int kTerminalColumns = 80;

Error NotForOthers() {
  return Error(ErrorCode::kNotPermitted, "only root's programs may enroll others at a login");
}

// Calls `next` for root's programs at once, as a login waits for no directory, and for others once
// the system says that the name is their own: a made-up one would take another's place.
void FindTarget(const CallPtr& call, std::function<void(const Account&)> next) {
  auto name = Username::Parse(call->params[0].get_ref<const std::string&>());
  if (!name) {
    call->Refuse(Error::InvalidParams({{"username", name.error().message(), 22}}));
    return;
  }
  call->target = name->text();
  const Account target{std::move(*name), call->params[1].get<uid_t>()};
  const uid_t peer = call->session->peer.uid;
  if (peer == 0) {
    next(target);
    return;
  }
  if (peer != target.uid) {
    call->Refuse(NotForOthers());
    return;
  }
  const auto& roles = call->services.config.roles;
  CallerSession::Identify(call->session, call->services.accounts,
                          {roles.full_admin_groups, roles.readonly_admin_groups},
                          [call, target, next = std::move(next)](const Result<void>& identified) {
                            const auto& own = call->caller_session().entry();
                            if (!identified) {
                              call->Refuse(identified.error());
                            } else if (!own || own->name != target.name.text()) {
                              call->Refuse(NotForOthers());
                            } else {
                              next(target);
                            }
                          });
}

// The target's own right to a first secret, which does not reach to a second one.
Result<RenewalPermit> PermitFirstSecret(Call& call, const Account& target) {
  const auto device = call.services.store.ReadDevice(target);
  if (!device) {
    return Fail(device.error());
  }
  if (*device) {
    return Fail(ErrorCode::kFactorRequired, "this user has a second factor already");
  }
  const Caller user{.uid = target.uid, .full_admin = false, .readonly_admin = false};
  return PermitRenewal(user, target, {.configured = false, .verified_here = false},
                       /*require_second_factor=*/true);
}

json OptionsOf(const Call& call) {
  return call.params.size() > 3 ? call.params[3] : json::object();
}

// Null where the text is too long for a picture that a terminal can show.
json PictureOf(const std::string& uri) {
  const auto code = MakeQrCode(uri, QrLevel::kLow);
  if (!code || TerminalColumnsOf(*code, kQrNarrowQuiet) > kTerminalColumns) {
    return nullptr;
  }
  return ToTerminal(*code, /*coloured=*/false, kQrNarrowQuiet);
}

void AnswerOffer(const CallPtr& call, Result<PendingSecret> pending, const json& days_left) {
  if (!pending) {
    call->Refuse(pending.error());
    return;
  }
  const OtpParameters parameters = pending->parameters;
  const auto uri = ProvisioningUriFor(call->services.config, pending->target, pending->kind,
                                      pending->secret, parameters);
  if (!uri) {
    call->Refuse(uri.error());
    return;
  }
  const std::string text(uri->text());
  call->caller_session().enrollment() = Enrollment{std::move(*pending)};
  call->Answer({{"provisioning_uri", text},
                {"secret", SecretInGroups(text)},
                {"qr", PictureOf(text)},
                {"otp_digits", parameters.digits},
                {"interval", parameters.interval.count()},
                {"days_left", days_left}});
}

void Offer(const CallPtr& call, const RenewalPermit& permit, const json& days_left) {
  RenewalOptions wanted;
  if (const json options = OptionsOf(*call); options.contains("otp_digits")) {
    wanted.digits = options["otp_digits"].get<int>();
  }
  call->services.store.MakePending(permit, wanted, [call, days_left](Result<PendingSecret> made) {
    AnswerOffer(call, std::move(made), days_left);
  });
}

void OfferByDays(const CallPtr& call, const RenewalPermit& permit) {
  const json options = OptionsOf(*call);
  if (!options.contains("grace_days")) {
    Offer(call, permit, nullptr);
    return;
  }
  call->services.store.FirstAskedToEnrol(
      permit.target(),
      [call, permit, days = options["grace_days"].get<int>()](const Result<WallTime>& first) {
        if (!first) {
          call->Refuse(first.error());
          return;
        }
        Offer(call, permit, DaysLeft(*first, call->services.clock.Wall(), days));
      });
}

Result<void> CheckIsAsked(Call& call, const Account& target) {
  const auto state =
      call.services.store.ReadState(target, call.params[2].get_ref<const std::string&>());
  if (!state) {
    return Fail(state.error());
  }
  return *state != FactorState::kDisabled
             ? Result<void>()
             : Fail(ErrorCode::kConflict, "logins of this service ask for no second factor");
}

bool IsOf(const std::optional<Enrollment>& enrollment, const Account& target) {
  return enrollment && enrollment->pending.target.uid == target.uid &&
         enrollment->pending.target.name == target.name;
}

void Finish(const CallPtr& call, const RenewalPermit& permit) {
  auto& enrollment = call->caller_session().enrollment();
  if (!IsOf(enrollment, permit.target())) {
    call->Refuse(
        Error(ErrorCode::kConflict, "no enrollment of this user was started on this connection"));
    return;
  }
  auto shared = std::make_shared<Enrollment>(std::move(*enrollment));
  enrollment.reset();
  call->services.store.FinishPending(permit, shared->pending,
                                     ParseCode(call->params[2].get_ref<const std::string&>()),
                                     [call, shared](const Result<RenewedSecret>& renewed) {
                                       if (renewed) {
                                         call->Answer({{"outcome", "enrolled"}});
                                       } else if (renewed.error().code() != ErrorCode::kConflict) {
                                         call->Refuse(renewed.error());
                                       } else {
                                         if (++shared->wrong_codes < Enrollment::kMaxWrongCodes) {
                                           call->caller_session().enrollment() = std::move(*shared);
                                         }
                                         StateWrongCode(*call);
                                         call->Answer({{"outcome", "wrong"}});
                                       }
                                     });
}

}  // namespace

void PamStartEnrollment(const CallPtr& call) {
  FindTarget(call, [call](const Account& target) {
    const auto permit = PermitFirstSecret(*call, target);
    if (!permit) {
      call->Refuse(permit.error());
    } else if (const auto asked = CheckIsAsked(*call, target); !asked) {
      call->Refuse(asked.error());
    } else if (const auto taken =
                   TakeFromLimit(call->services, call->session->peer.uid == 0, target);
               !taken) {
      call->Refuse(taken.error());
    } else {
      OfferByDays(call, *permit);
    }
  });
}

void PamFinishEnrollment(const CallPtr& call) {
  FindTarget(call, [call](const Account& target) {
    const auto permit = PermitFirstSecret(*call, target);
    if (!permit) {
      call->Refuse(permit.error());
      return;
    }
    Finish(call, *permit);
  });
}

}  // namespace twofactor::methods
