#include "pam_module/enrollment.h"

#include <algorithm>

#include "common/otp/code.h"
#include "pam_module/translate.h"

namespace twofactor {
namespace {

using Level = Host::LogLevel;
using Enroll = ModuleOptions::Enroll;

constexpr int kTries = 3;

bool IsBlank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\t'; });
}

std::string Days(int days) { return std::to_string(days) + (days == 1 ? " day" : " days"); }

// May a login go on without, at this moment?
bool MayDecline(const ModuleOptions& options, const LoginDaemon::Offer& offer) {
  return options.enroll == Enroll::kOptional ||
         (options.enroll_grace_days > 0 && offer.days_left.value_or(0) > 0);
}

std::string HowToDecline(const ModuleOptions& options, const LoginDaemon::Offer& offer) {
  if (!MayDecline(options, offer)) {
    return Say("Without it nobody gets in here.");
  }
  return options.enroll == Enroll::kOptional
             ? Say("Press Enter to do it another time.")
             : SayCount("Press Enter to do it another time: there is %1 day left.",
                        "Press Enter to do it another time: there are %1 days left.",
                        *offer.days_left);
}

// One text, which begins with words: ssh(1) puts something of its own before the first line.
std::string TextOf(const ModuleOptions& options, const LoginDaemon::Offer& offer) {
  const bool picture = !options.no_qr && !offer.picture.empty();
  const std::string before =
      Say("You have no second factor yet, and are to have one.\n") +
      (picture ? Say("Scan this picture with an authenticator app, or type the secret in.\n\n")
               : Say("Type this secret into an authenticator app.\n\n"));
  const std::string name = (picture ? "\n" : "") + Say("Secret: ");
  const std::string after =
      "\n" +
      Say("It makes codes of %1 digits, a new one every %2 seconds.\n\nThen type the code that the"
          " app shows.",
          offer.digits, offer.interval.count()) +
      " " + HowToDecline(options, offer);
  std::string text;
  // Reserved, so that growing leaves no copy of the secret behind.
  text.reserve(before.size() + offer.picture.size() + name.size() + offer.secret.size() +
               after.size());
  text += before;
  if (picture) {
    text += offer.picture.text();
  }
  text += name;
  text += offer.secret.text();
  text += after;
  return text;
}

// One enrolment on its way.
class Enrollment {
 public:
  Enrollment(Host& host, const ModuleOptions& options, const Account& account, LoginDaemon& daemon)
      : host_(host), options_(options), account_(account), daemon_(daemon) {}

  EnrollmentEnd Run(const std::string& service);

 private:
  EnrollmentEnd AskForFirstCode(const LoginDaemon::Offer& offer);
  // Does this put the secret into force?
  Result<bool> Try(const LoginDaemon::Offer& offer, const SecretBytes& typed);
  EnrollmentEnd Declined(const LoginDaemon::Offer& offer);
  EnrollmentEnd Impossible(const Error& error);

  Host& host_;
  const ModuleOptions& options_;
  const Account& account_;
  LoginDaemon& daemon_;
};

EnrollmentEnd ConversationFailed() {
  return {LoginOutcome::kConversationFailed, Level::kNotice,
          "the conversation failed during the enrollment; nothing was changed"};
}

EnrollmentEnd Enrollment::Run(const std::string& service) {
  const auto offer =
      daemon_.StartEnrollment(account_, service, {options_.digits, options_.enroll_grace_days});
  if (!offer) {
    return Impossible(offer.error());
  }
  if (host_.IsSilent()) {
    return Declined(*offer);
  }
  std::string text = TextOf(options_, *offer);
  const bool shown = host_.Show(text);
  WipeMemory(text.data(), text.size());
  return shown ? AskForFirstCode(*offer) : ConversationFailed();
}

EnrollmentEnd Enrollment::AskForFirstCode(const LoginDaemon::Offer& offer) {
  for (int tries = 1; tries <= kTries; ++tries) {
    const auto typed = host_.Ask(Say("Verification code: "), options_.echo_verification_code);
    if (!typed) {
      return ConversationFailed();
    }
    if (IsBlank(typed->text())) {
      return Declined(offer);
    }
    const auto enrolled = Try(offer, *typed);
    if (!enrolled) {
      return Impossible(enrolled.error());
    }
    if (*enrolled) {
      return {LoginOutcome::kSuccess, Level::kNotice, "enrolled, and second factor accepted"};
    }
    host_.Tell(tries < kTries
                   ? Say("This is not a current code of the new secret.")
                   : Say("This is not a current code of the new secret. Nothing was changed; log in"
                         " again for another secret."));
  }
  return {LoginOutcome::kAuthError, Level::kNotice,
          "second factor refused: no right first code of a new secret; nothing was changed"};
}

Result<bool> Enrollment::Try(const LoginDaemon::Offer& offer, const SecretBytes& typed) {
  const SecretBytes code = ParseCode(typed.text());
  if (code.size() != static_cast<std::size_t>(offer.digits)) {
    return false;
  }
  return daemon_.FinishEnrollment(account_, code);
}

EnrollmentEnd Enrollment::Declined(const LoginDaemon::Offer& offer) {
  if (!MayDecline(options_, offer)) {
    host_.Tell(Say("This login needs a second factor. Log in again to set one up."));
    return {LoginOutcome::kAuthError, Level::kNotice,
            "second factor refused: has none, and did not enroll"};
  }
  const std::string until = options_.enroll == Enroll::kOptional
                                ? "enroll=optional lets in without one"
                                : "is let in without one for " + Days(*offer.days_left) + " more";
  return {LoginOutcome::kIgnore, Level::kNotice,
          "has no second factor, did not enroll, and " + until};
}

EnrollmentEnd Enrollment::Impossible(const Error& error) {
  // Somebody else was quicker, in another login: the new factor is to be asked for.
  if (error.code() == ErrorCode::kFactorRequired) {
    host_.Tell(Say("You have a second factor meanwhile. Log in again with it."));
    return {LoginOutcome::kAuthError, Level::kNotice,
            "second factor refused: got one during the enrollment"};
  }
  const std::string reason = "the enrollment did not go on: " + error.message();
  if (error.code() == ErrorCode::kExhausted) {
    return {LoginOutcome::kExhausted, Level::kError, "second factor refused: " + reason};
  }
  if (options_.enroll == Enroll::kOptional) {
    return {LoginOutcome::kIgnore, Level::kWarning,
            "has no second factor, and enroll=optional lets in without one; " + reason};
  }
  return {LoginOutcome::kUnavailable, Level::kError,
          reason + " (is twofactord running? 'twofactorctl doctor' finds out)"};
}

}  // namespace

EnrollmentEnd EnrollAtLogin(Host& host, const ModuleOptions& options, const Account& account,
                            const std::string& service, LoginDaemon& daemon) {
  return Enrollment(host, options, account, daemon).Run(service);
}

}  // namespace twofactor
