#include "helperd/twofactord/api/method_table.h"

#include <algorithm>

#include "common/otp/otp_parameters.h"

namespace twofactor {
namespace {

// Longer than any code, with blanks; what is longer still is not looked at.
constexpr std::size_t kMaxTokenBytes = 64;
constexpr std::size_t kMaxServiceBytes = 256;
constexpr std::int64_t kMaxUid = 4294967294;

Shape::Field UsernameField() {
  return {"username", "The user's login name.", Shape::String(1, Username::kMaxBytes), true};
}

Shape::Field TokenField(std::string name) {
  return {std::move(name), "A one-time password; it is used up.", Shape::String(0, kMaxTokenBytes),
          true};
}

Shape::Field TwofactorOptionsField() {
  return {"twofactor_options", "How the new secret makes codes. What is left out stays as it is.",
          Shape::Object({{"otp_digits", "Represents number of allowed digits in the OTP.",
                          Shape::Integer(kMinDigits, kMaxDigits)},
                         {"interval",
                          "Time duration in seconds specifying OTP expiration time from its"
                          " creation time.",
                          Shape::Integer(kMinInterval.count(), kMaxInterval.count())}}),
          true};
}

Shape::Field LoginDataField() {
  return {
      "login_data", "The answer to the login's last question.",
      Shape::Object({{"mechanism", "The kind of the answer.", Shape::Constant("OTP_TOKEN"), true},
                     TokenField("otp_token")}),
      true};
}

Shape::Field SettingsField() {
  return {
      "auth_twofactor_update", "What is to change.",
      Shape::Object({{"enabled", "Do logins ask for a second factor?", Shape::Boolean()},
                     {"window", "Steps before and after the current one whose codes are accepted.",
                      Shape::Integer(0, kMaxWindow)},
                     {"services", "Which services ask.",
                      Shape::Object({{"ssh", "Does sshd ask?", Shape::Boolean()}})}}),
      true};
}

Parameters QueryParameters() {
  constexpr std::size_t kMaxFields = 64;
  constexpr std::int64_t kMaxEntries = 1000000;
  const Shape fields = Shape::Array(Shape::String(1, Username::kMaxBytes), kMaxFields);
  return {{"filters", "Which users: [[field, operator, value], …], all of which must match.",
           Shape::Array(Shape::Anything(), kMaxFields)},
          {"options", "What to answer of them.",
           Shape::Object({{"get", "The one user, and not a list.", Shape::Boolean()},
                          {"count", "How many there are.", Shape::Boolean()},
                          {"select", "These fields only.", fields},
                          {"order_by", "By these fields; '-' before one turns it round.", fields},
                          {"limit", "At most so many; 0 for all.", Shape::Integer(0, kMaxEntries)},
                          {"offset", "Without the first ones.", Shape::Integer(0, kMaxEntries)}})}};
}

Parameters InstanceParameters() {
  return {
      {"id", "A user's id or login name.",
       Shape::AnyOf({Shape::Integer(0, 2 * kMaxUid), Shape::String(1, Username::kMaxBytes)}), true},
      {"options", "Accepted for TrueNAS' clients.", Shape::AnyObject()}};
}

Parameters PamParameters() {
  return {UsernameField(),
          {"uid", "The user's uid, as the login's host looked it up.", Shape::Integer(0, kMaxUid),
           true},
          {"service", "The PAM service.", Shape::String(0, kMaxServiceBytes), true}};
}

Parameters PamVerifyParameters() {
  Parameters parameters = PamParameters();
  parameters.push_back(TokenField("token"));
  return parameters;
}

std::vector<Method> MakeTable() {
  using namespace methods;
  return {
      {"core.ping", Access::kUnidentified, "Answers \"pong\".", {}, Ping},
      {"core.set_options",
       Access::kUnidentified,
       "Remembers options for this connection.",
       {{"options", "Any options.", Shape::AnyObject(), true}},
       SetOptions},
      {"core.get_methods", Access::kUnidentified, "Describes every method.", {}, GetMethods},
      {"core.health", Access::kAdmins, "Tells how the daemon and its stores are.", {}, Health},
      {"auth.me", Access::kAnyone, "Tells who the caller is.", {}, Me},
      {"auth.login_ex_continue",
       Access::kAnyone,
       "Verifies a one-time password of the caller's own, for this connection.",
       {LoginDataField()},
       LoginExContinue},
      {"user.renew_2fa_secret",
       Access::kAnyone,
       "Renew username user's two-factor authentication secret.",
       {UsernameField(), TwofactorOptionsField()},
       RenewSecret},
      {"user.start_2fa_enrollment",
       Access::kAnyone,
       "Makes a new secret that counts only once user.finish_2fa_enrollment saw a code of it.",
       {UsernameField(), TwofactorOptionsField()},
       StartEnrollment},
      {"user.finish_2fa_enrollment",
       Access::kAnyone,
       "Puts the secret of user.start_2fa_enrollment on this connection into force.",
       {UsernameField(), TokenField("token")},
       FinishEnrollment},
      {"user.unset_2fa_secret",
       Access::kFullAdmin,
       "Takes a user's second factor away.",
       {UsernameField()},
       UnsetSecret},
      {"user.twofactor_config",
       Access::kAnyone,
       "Tells how a user's second factor is set up.",
       {UsernameField()},
       UserTwofactorConfig},
      {"user.verify_twofactor_token",
       Access::kAnyone,
       "Is this a current code of the user?",
       {UsernameField(), TokenField("token")},
       VerifyToken},
      {"user.shell_choices", Access::kAnyone, "The login shells of this system.", {}, ShellChoices},
      {"user.query", Access::kAnyone, "The entries of the users that the caller may see.",
       QueryParameters(), QueryUsers},
      {"user.get_instance", Access::kAnyone, "The entry of one user.", InstanceParameters(),
       GetInstance},
      {"auth.twofactor.config",
       Access::kAdmins,
       "The settings of every login.",
       {},
       SettingsConfig},
      {"auth.twofactor.update",
       Access::kFullAdmin,
       "Changes the settings of every login.",
       {SettingsField()},
       SettingsUpdate},
      {"pam.state", Access::kUnidentified,
       "Does this login ask for a second factor? For PAM hosts that are not root.", PamParameters(),
       PamState},
      {"pam.verify", Access::kUnidentified,
       "Verifies a code for a login. For PAM hosts that are not root.", PamVerifyParameters(),
       PamVerify},
  };
}

}  // namespace

const std::vector<Method>& MethodTable() {
  static const std::vector<Method> kTable = MakeTable();
  return kTable;
}

const Method* FindMethod(std::string_view name) {
  const auto& table = MethodTable();
  const auto found = std::find_if(table.begin(), table.end(),
                                  [name](const Method& method) { return method.name == name; });
  return found == table.end() ? nullptr : &*found;
}

bool MayCall(Access access, const Caller& caller) {
  switch (access) {
    case Access::kUnidentified:
    case Access::kAnyone:
      return true;
    case Access::kAdmins:
      return caller.full_admin || caller.readonly_admin;
    case Access::kFullAdmin:
      return caller.full_admin;
  }
  return false;
}

}  // namespace twofactor
