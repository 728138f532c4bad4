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

// A first secret at a login (the PAM module's option enroll). The permit replaces no second factor,
// whatever the caller's rights are.
namespace twofactor::methods {
namespace {

using nlohmann::json;

constexpr int kTerminalColumns = 80;

json OptionsOf(const Call& call) {
  return call.params.size() > 3 ? call.params[3] : json::object();
}

// Null if the picture would be too wide for a terminal.
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
  call->caller_session().SetEnrollment({std::move(*pending)});
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
             : Fail(ErrorCode::kConflict, "logins of this service do not ask for a second factor");
}

}  // namespace

void PamStartEnrollment(const CallPtr& call, const RenewalPermit& permit) {
  const auto may_start = CheckIsAsked(*call, permit.target()).and_then([&] {
    return TakeFromLimit(call->services, permit);
  });
  if (!may_start) {
    call->Refuse(may_start.error());
    return;
  }
  OfferByDays(call, permit);
}

void PamFinishEnrollment(const CallPtr& call, const RenewalPermit& permit) {
  const auto enrollment = call->caller_session().TakeEnrollment(permit.target());
  if (!enrollment) {
    call->Refuse(enrollment.error());
    return;
  }
  call->services.store.FinishPending(
      permit, (*enrollment)->pending, ParseCode(call->params[2].get_ref<const std::string&>()),
      [call, kept = *enrollment](const Result<RenewedSecret>& renewed) {
        const bool wrong = !renewed && renewed.error().code() == ErrorCode::kConflict;
        if (!renewed && !wrong) {
          call->Refuse(renewed.error());
          return;
        }
        if (wrong) {
          call->caller_session().PutBack(*kept);
          StateWrongCode(*call);
        }
        call->Answer({{"outcome", wrong ? "wrong" : "enrolled"}});
      });
}

}  // namespace twofactor::methods
