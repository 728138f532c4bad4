#include "pam_module/login_daemon.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "common/otp/otp_parameters.h"
#include "common/wire/api_client.h"
#include "pam_module/daemon_answer.h"

namespace twofactor {
namespace {

using nlohmann::json;

// For the connection and for the answer each: a login does not wait for what it does not need.
constexpr std::chrono::milliseconds kGraceTimeout{100};

// A text of the answer, moved out of it and wiped there.
SecretBytes TakeText(json& answer, const char* key) {
  if (!answer.contains(key) || !answer[key].is_string()) {
    return {};
  }
  auto& text = answer[key].get_ref<std::string&>();
  SecretBytes taken = SecretBytes::CopyOf(std::string_view(text));
  WipeMemory(text.data(), text.size());
  return taken;
}

std::int64_t NumberOr(const json& answer, const char* key, std::int64_t otherwise) {
  return answer.contains(key) && answer[key].is_number_integer() ? answer[key].get<std::int64_t>()
                                                                 : otherwise;
}

Result<LoginDaemon::Offer> OfferFrom(json answer) {
  if (!answer.is_object()) {
    return Fail(AnswerNotUnderstood());
  }
  static_cast<void>(TakeText(answer, "provisioning_uri"));
  LoginDaemon::Offer offer{TakeText(answer, "secret"), TakeText(answer, "qr"),
                           static_cast<int>(NumberOr(answer, "otp_digits", 0)),
                           std::chrono::seconds(NumberOr(answer, "interval", 0)), std::nullopt};
  if (offer.secret.empty() || offer.digits < kMinDigits || offer.digits > kMaxDigits ||
      offer.interval.count() <= 0) {
    return Fail(AnswerNotUnderstood());
  }
  const std::int64_t days = NumberOr(answer, "days_left", -1);
  if (days >= 0) {
    offer.days_left = static_cast<int>(days);
  }
  return offer;
}

class SocketDaemon final : public LoginDaemon {
 public:
  SocketDaemon(RunPaths paths, std::chrono::milliseconds timeout)
      : paths_(std::move(paths)), timeout_(timeout) {}

  Result<bool> InGrace(const Account& account, const std::string& place,
                       std::chrono::seconds period) override {
    const auto answer =
        CallOnce("pam.grace", {account.name.text(), account.uid, place, period.count()});
    if (!answer) {
      return Fail(answer.error());
    }
    if (!answer->is_object() || !answer->contains("granted") ||
        !(*answer)["granted"].is_boolean()) {
      return Fail(AnswerNotUnderstood());
    }
    return (*answer)["granted"].get<bool>();
  }

  Result<void> NoteLogin(const Account& account, const std::string& place,
                         std::uint32_t generation) override {
    const auto answer =
        CallOnce("pam.note_login", {account.name.text(), account.uid, place, generation});
    return answer ? Result<void>() : Fail(answer.error());
  }

  Result<void> NoteOrigin(const Account& account, const std::string& origin) override {
    const auto answer = CallOnce("pam.note_origin", {account.name.text(), account.uid, origin});
    return answer ? Result<void>() : Fail(answer.error());
  }

  Result<Offer> StartEnrollment(const Account& account, const std::string& service,
                                const Wish& wish) override {
    auto client = ApiClient::Connect(paths_, timeout_);
    if (!client) {
      return Fail(client.error());
    }
    enrolling_.emplace(std::move(*client));
    json options = json::object();
    if (wish.digits > 0) {
      options["otp_digits"] = wish.digits;
    }
    if (wish.grace_days > 0) {
      options["grace_days"] = wish.grace_days;
    }
    auto answer = enrolling_->Call("pam.start_enrollment",
                                   {account.name.text(), account.uid, service, options});
    if (!answer) {
      return Fail(answer.error());
    }
    auto offer = OfferFrom(std::move(*answer));
    if (offer && wish.grace_days > 0 && !offer->days_left) {
      return Fail(AnswerNotUnderstood());
    }
    return offer;
  }

  Result<bool> FinishEnrollment(const Account& account, const SecretBytes& code) override {
    if (!enrolling_) {
      return Fail(ErrorCode::kUnavailable, "no enrollment was started");
    }
    auto answer = enrolling_->Call("pam.finish_enrollment",
                                   {account.name.text(), account.uid, std::string(code.text())});
    if (!answer) {
      return Fail(answer.error());
    }
    const SecretBytes outcome = TakeText(*answer, "outcome");
    if (outcome.text() != "enrolled" && outcome.text() != "wrong") {
      return Fail(AnswerNotUnderstood());
    }
    return outcome.text() == "enrolled";
  }

 private:
  Result<json> CallOnce(std::string_view method, const json& params) const {
    auto client = ApiClient::Connect(paths_, kGraceTimeout);
    return client ? client->Call(method, params) : Fail(client.error());
  }

  RunPaths paths_;
  std::chrono::milliseconds timeout_;
  std::optional<ApiClient> enrolling_;
};

}  // namespace

std::unique_ptr<LoginDaemon> MakeLoginDaemon(RunPaths paths, std::chrono::milliseconds timeout) {
  return std::make_unique<SocketDaemon>(std::move(paths), timeout);
}

}  // namespace twofactor
