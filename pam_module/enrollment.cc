#include "pam_module/enrollment.h"

#include <algorithm>

#include "common/otp/code.h"

namespace twofactor {
namespace {

using Level = Host::LogLevel;
using Enroll = ModuleOptions::Enroll;

constexpr int kTries = 3;
constexpr const char* kPrompt = "Verification code: ";

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
    return "Without it nobody gets in here.";
  }
  return options.enroll == Enroll::kOptional
             ? "Press Enter to do it another time."
             : "Press Enter to do it another time: there " +
                   std::string(*offer.days_left == 1 ? "is " : "are ") + Days(*offer.days_left) +
                   " left.";
}

// One text, which begins with words: ssh(1) puts something of its own before the first line.
std::string TextOf(const ModuleOptions& options, const LoginDaemon::Offer& offer) {
  const bool picture = !options.no_qr && !offer.picture.empty();
  std::string text = "You have no second factor yet, and are to have one.\n";
  // Reserved, so that growing leaves no copy of the secret behind.
  text.reserve(offer.picture.size() + offer.secret.size() + 1024);
  text += picture ? "Scan this picture with an authenticator app, or type the secret in.\n\n"
                  : "Type this secret into an authenticator app.\n\n";
  if (picture) {
    text += offer.picture.text();
    text += "\n";
  }
  text += "Secret: ";
  text += offer.secret.text();
  text += "\nIt makes codes of " + std::to_string(offer.digits) + " digits, a new one every " +
          std::to_string(offer.interval.count()) +
          " seconds.\n\nThen type the code that the app"
          " shows. " +
          HowToDecline(options, offer);
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
    const auto typed = host_.Ask(kPrompt, options_.echo_verification_code);
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
    host_.Tell(tries < kTries ? "This is not a current code of the new secret."
                              : "This is not a current code of the new secret. Nothing was"
                                " changed; log in again for another secret.");
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
    host_.Tell("This login needs a second factor. Log in again to set one up.");
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
    host_.Tell("You have a second factor meanwhile. Log in again with it.");
    return {LoginOutcome::kAuthError, Level::kNotice,
            "second factor refused: got one during the enrollment"};
  }
  const std::string reason = "the enrollment did not go on: " + error.message();
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
