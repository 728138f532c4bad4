#include "helperd/twofactord/api/method_parameters.h"

#include <initializer_list>
#include <limits>
#include <utility>

#include "common/base/username.h"
#include "common/otp/otp_parameters.h"
#include "helperd/messages/described_fields.h"
#include "helperd/twofactord/api/query_shape.h"
#include "helperd/twofactord/vault/vault.h"

namespace twofactor::parameters {
namespace {

constexpr bool kRequired = true;
// Longer than any code, with blanks; what is longer still is not looked at.
constexpr std::size_t kMaxTokenCharacters = 64;
constexpr std::size_t kMaxServiceCharacters = 256;
constexpr std::size_t kMostGroups = 64;
constexpr std::size_t kMaxGroupCharacters = 256;
constexpr std::size_t kMaxPlaceCharacters = 300;
constexpr std::int64_t kMaxGraceSeconds = std::int64_t{30} * 24 * 60 * 60;
constexpr std::int64_t kMaxGraceDays = 365;
constexpr std::size_t kMostRecoveryCodes = 64;
// As many as fit a request to twofactor-accounts, whatever their names.
constexpr std::size_t kMostStaleUsers = 40;

Shape Text(std::size_t least, std::size_t most) {
  return Shape::String({.least = least, .most = most, .rule = &kNoNulRule});
}

Shape Name() { return Text(1, Username::kMaxBytes); }

Shape::Field UserField() { return {"username", "The user's login name.", Name(), kRequired}; }

Shape::Field UidField() {
  return {"uid", "The user's uid, as the login's host looked it up.",
          Shape::Integer({.least = 0, .most = kMaxUid}), kRequired};
}

Shape::Field ServiceField() {
  return {"service", "The PAM service.", Text(0, kMaxServiceCharacters), kRequired};
}

Shape::Field PlaceField() {
  return {"place", "Where the login comes from: a host, or a terminal of this machine.",
          Text(1, kMaxPlaceCharacters), kRequired};
}

Shape::Field TokenField(std::string name) {
  return {std::move(name), "A one-time password; it is used up.", Text(0, kMaxTokenCharacters),
          kRequired};
}

Shape::Field TwofactorOptions() {
  return {"twofactor_options",
          "How the new secret makes codes. What is left out stays as it is; at first codes have 6"
          " digits and hold for 30 seconds.",
          Shape::Object(
              {{"otp_digits", "Represents number of allowed digits in the OTP",
                Shape::Integer({.least = kMinDigits, .most = kMaxDigits})},
               {"interval",
                "Time duration in seconds specifying OTP expiration time from its"
                " creation time",
                Shape::Integer({.least = kMinInterval.count(), .most = kMaxInterval.count()})}}),
          kRequired};
}

}  // namespace

Shape Label() {
  return Shape::String({.least = 1, .most = kMaxLabelCharacters, .rule = &kOneLineRule});
}

Shape::Field DeviceField() {
  return {"id", "The device's number in user.list_2fa_devices.",
          Shape::Integer({.least = 0, .most = kMaxDevices - 1}), kRequired};
}

Shape Algorithm() { return Shape::Enum({"SHA1", "SHA256", "SHA512"}); }
Shape Digits() { return Shape::Integer({.least = kMinDigits, .most = kMaxDigits}); }
Shape Interval() {
  return Shape::Integer({.least = kMinInterval.count(), .most = kMaxInterval.count()});
}

// A user on the way in from other software.
Shape ImportedDeviceShape() {
  return Shape::Object(
      {{"type", "How it makes codes: from the time (RFC 6238), or from a counter (RFC 4226).",
        Shape::Enum({"TOTP", "HOTP"}), kRequired},
       {"secret", "The secret in base32, without padding.", Text(1, (kMaxSecretBytes * 8 + 4) / 5),
        kRequired},
       {"algorithm", "The HMAC's hash.", Algorithm(), false, "SHA1"},
       {"otp_digits", "How many digits a code has.", Digits(), false, 6},
       {"interval", "TOTP: for how many seconds a code holds.", Interval(), false, 30},
       {"counter", "HOTP: the next counter that is accepted.",
        Shape::Integer({.least = 0, .most = static_cast<std::int64_t>(kMaxHotpCounter)}), false, 0},
       {"first_step", "TOTP: the first step that was not used yet.",
        Shape::Integer({.least = 0, .most = kMaxTimeStep}), false, 0},
       {"skew", "TOTP: how many steps the device's clock is ahead.",
        Shape::Integer({.least = -kMaxSkew, .most = kMaxSkew}), false, 0},
       {"label", "What its user calls it.",
        Shape::String({.most = kMaxLabelCharacters, .rule = &kOneLineRule}), false, ""}});
}

Parameters ConnectionOptions() {
  return {{"options", "Any options.", Shape::AnyObject(), kRequired}};
}

namespace {

Shape::Field MechanismField(const char* mechanism) {
  return {"mechanism", "How the caller logs in.", Shape::Constant(mechanism), kRequired};
}

// What every mechanism takes.
Shape::Field LoginOptions() {
  return {"login_options", "What to answer.",
          Shape::Object({{"user_info", "Whether user_info of the answer tells who the caller is.",
                          Shape::Boolean(), false, true},
                         {"reconnect_token", "Accepted; there are none, so its answer is null.",
                          Shape::Boolean(), false, false}}),
          false, nlohmann::json::object()};
}

Shape TokenLogin() {
  return Shape::Object({MechanismField("OTP_TOKEN"), TokenField("otp_token"), LoginOptions()});
}

// What is refused without a look at it.
Shape RefusedLogin(const char* mechanism, std::initializer_list<const char*> names) {
  std::vector<Shape::Field> fields = {MechanismField(mechanism)};
  for (const char* name : names) {
    fields.push_back({name, "Not looked at.", Shape::String(), kRequired});
  }
  fields.push_back(LoginOptions());
  return Shape::Object(std::move(fields));
}

}  // namespace

Parameters LoginToken() {
  return {{"login_data", "The answer to the login's last question.", TokenLogin(), kRequired}};
}

Parameters Login() {
  return {{"login_data", "A mechanism, and what it takes.",
           Shape::AnyOf({TokenLogin(), RefusedLogin("PASSWORD_PLAIN", {"username", "password"}),
                         RefusedLogin("API_KEY_PLAIN", {"username", "api_key"}),
                         RefusedLogin("TOKEN_PLAIN", {"token"}),
                         RefusedLogin("SCRAM", {"scram_type", "rfc_str"})}),
           kRequired}};
}

namespace {

Shape::Field TargetField(const char* description) {
  return {"target", description, Shape::Enum({"WS", "CLI", "REST"}), false, "WS"};
}

}  // namespace

Parameters ServiceAndTarget() {
  return {{"service", "Only the methods of this service, `user` of `user.query`; null: all.",
           Shape::Nullable(Text(0, kMaxServiceCharacters)), false, nlohmann::json(nullptr)},
          TargetField("For which kind of client; all get the same.")};
}

Parameters Target() { return {TargetField("For which kind of client; all get the same.")}; }

Parameters EventName() {
  return {{"event", "What to be told of: `user.query`, or `*` for everything.",
           Text(1, kMaxServiceCharacters), kRequired}};
}

Parameters SubscriptionId() {
  return {{"id_", "What core.subscribe answered.", Text(0, kMaxServiceCharacters), kRequired}};
}

Parameters GroupIds() {
  return {{"group_ids", "Accepted; the shells are the same for every group.",
           Shape::Array(Shape::Integer(), kMostGroups), false, nlohmann::json::array()}};
}

Parameters User() { return {UserField()}; }

Parameters UserAndOptions() { return {UserField(), TwofactorOptions()}; }

Parameters UserAndDeviceOptions() {
  Parameters parameters = UserAndOptions();
  parameters[1].shape = Shape::Object(
      {{"otp_digits", "How many digits a code has.", Digits()},
       {"interval", "For how many seconds a code holds.", Interval()},
       {"algorithm", "The HMAC's hash.", Algorithm()},
       {"type", "How it makes codes: from the time (RFC 6238), or from a counter (RFC 4226).",
        Shape::Enum({"TOTP", "HOTP"})},
       {"label",
        "The device: where none of the user's has this label, one is added. Left out: the first.",
        Label()}});
  return parameters;
}

Parameters UserAndDevice() { return {UserField(), DeviceField()}; }

Parameters UserDeviceAndLabel() {
  return {UserField(), DeviceField(), {"label", "What its user calls it.", Label(), kRequired}};
}

Parameters UserDeviceAndTwoCodes() {
  return {UserField(), DeviceField(), TokenField("first_code"), TokenField("second_code")};
}

Parameters UserAndBypass() {
  constexpr std::int64_t kMostSeconds = std::int64_t{7} * 24 * 60 * 60;
  constexpr std::size_t kMaxReasonCharacters = 200;
  return {UserField(),
          {"bypass", "For how long, and why.",
           Shape::Object(
               {{"seconds", "How long it lasts; at most bypass.longest of the configuration.",
                 Shape::Integer({.least = 1, .most = kMostSeconds}), kRequired},
                {"reason", "What the audit trail and the user are told.",
                 Shape::String({.most = kMaxReasonCharacters, .rule = &kOneLineRule}), false, ""}}),
           kRequired}};
}

Parameters Import() {
  constexpr std::size_t kMostUsers = 1000;
  const Shape user = Shape::Object(
      {{"username", "The login name, as NSS has it.", Name(), kRequired},
       {"uid", "The user's uid.", Shape::Integer({.least = 0, .most = kMaxUid}), kRequired},
       {"devices", "The user's devices.", Shape::Array(ImportedDeviceShape(), kMaxDevices),
        kRequired},
       {"recovery_codes", "Codes that each open one login.",
        Shape::Array(Text(1, kMaxTokenCharacters), kMostRecoveryCodes), false,
        nlohmann::json::array()}});
  return {
      {"users", "The users, each of which is taken over whole or not at all.",
       Shape::Array(user, kMostUsers), kRequired},
      {"options", "How.",
       Shape::Object({{"dry_run", "Only tell what would be done.", Shape::Boolean(), false, false},
                      {"replace", "Also in place of a factor that a user has.", Shape::Boolean(),
                       false, false}}),
       false, nlohmann::json::object()}};
}

namespace {

constexpr std::size_t kMaxPassphraseCharacters = 1024;
// A line of a backup in a call of the longest length.
constexpr std::size_t kMaxLineCharacters = 60UL * 1024;

Shape::Field PassphraseField() {
  return {"passphrase", "What the backup is sealed with.", Text(1, kMaxPassphraseCharacters),
          kRequired};
}

}  // namespace

Parameters Passphrase() { return {PassphraseField()}; }

Parameters Restore() {
  return {
      {"header", "The first line of the backup.", Text(1, kMaxLineCharacters), kRequired},
      PassphraseField(),
      {"options", "How.",
       Shape::Object(
           {{"dry_run", "Only tell what would be done.", Shape::Boolean(), false, false},
            {"replace", "Also in place of a factor that a user has.", Shape::Boolean(), false,
             false},
            {"keep_uids",
             "Give users the uids of the backup, and do not ask the system who they are: for the"
             " machine that it was made on, and for one with the same directory of users.",
             Shape::Boolean(), false, false},
            {"settings", "Bring back the settings of every login, too.", Shape::Boolean(), false,
             false}}),
       false, nlohmann::json::object()}};
}

Parameters BackupPart() {
  return {{"part", "The next line of the backup.", Text(1, kMaxLineCharacters), kRequired}};
}

Parameters After() {
  return {{"options", "Which users.",
           Shape::Object({{"after",
                           "Those whose names come after this one, in the order of their bytes:"
                           " next of the answer before. Left out: from the first on.",
                           Text(0, Username::kMaxBytes)}}),
           false, nlohmann::json::object()}};
}

Parameters UserOfDevices() {
  return {{"options", "Whose devices.",
           Shape::Object({{"username", "This user's alone. Left out: everybody's.",
                           Text(1, Username::kMaxBytes)}}),
           false, nlohmann::json::object()}};
}

Parameters StaleUsers() {
  return {{"users", "Users as twofactor.stale_factors tells them.",
           Shape::Array(Shape::Object({UserField(),
                                       {"uid", "The uid that the name had.",
                                        Shape::Integer({.least = 0, .most = kMaxUid}), kRequired}}),
                        kMostStaleUsers),
           kRequired}};
}

Parameters TwoNames() {
  return {{"username", "The name that the user had.", Name(), kRequired},
          {"new_username", "The name of the same uid now.", Name(), kRequired}};
}

Parameters VaultKeyInPlace() {
  constexpr std::size_t kDigits = 64;
  return {{"key",
           "The key as it is in the place where the daemon's next start reads it: 64 hexadecimal"
           " digits.",
           Text(kDigits, kDigits), kRequired}};
}

Parameters UserAndToken() { return {UserField(), TokenField("token")}; }

Parameters UserAndTokenOrNull() {
  Shape::Field token = TokenField("token");
  token.description += " Null, or left out: the answer is false.";
  token.shape = Shape::Nullable(std::move(token.shape));
  token.required = false;
  token.default_value = nlohmann::json(nullptr);
  return {UserField(), std::move(token)};
}

Parameters UserQuery() {
  constexpr bool kOptional = false;
  return {{"filters",
           "Which entries: `[[field, operator, value], …]`, all of which must match, or `[\"OR\","
           " [filter or list of filters, …]]` for one of them. Operators: `=` `!=` `>` `<` `>=`"
           " `<=`; `in` and `nin` with a list; `rin` and `rnin` for what a list or a text of the"
           " entry holds; `^` for how a text begins, `$` for how it ends, `!^` and `!$` for how it"
           " does not; `~` for a regular expression of RE2's syntax at its start, of which a query"
           " may have 8. A field that an entry does not have matches nothing. A date-time compares"
           " as its text; with `field.$date` as a moment, which is given as ISO 8601 writes it, or"
           " in milliseconds since 1970.",
           FiltersShape(), kOptional, nlohmann::json::array()},
          {"options", "What to answer of them.", QueryOptionsShape(), kOptional,
           nlohmann::json::object()}};
}

Parameters UserInstance() {
  const Shape id = Shape::Integer({.least = 0, .most = kMaxUid + kDirectoryIdOffset});
  return {{"id", "A user's id or login name.", Shape::AnyOf({id, Name()}), kRequired},
          {"options", "Accepted for TrueNAS' clients.", Shape::AnyObject()}};
}

Parameters GroupInstance() {
  const Shape id = Shape::Integer({.least = 0, .most = kMaxUid + kDirectoryIdOffset});
  return {
      {"id", "A group's id or name.", Shape::AnyOf({id, Text(1, kMaxGroupCharacters)}), kRequired},
      {"options", "Accepted for TrueNAS' clients.", Shape::AnyObject()}};
}

Parameters Settings() {
  return {
      {"auth_twofactor_update", "What is to change.",
       Shape::Object({{"enabled", "Do logins ask for a second factor?", Shape::Boolean()},
                      {"window", "Steps before and after the current one whose codes are accepted.",
                       Shape::Integer({.least = 0, .most = kMaxWindow})},
                      {"services", "Which services ask: all of them that are to.",
                       Shape::Object({{"ssh", "Does sshd ask? Left out: no, as with TrueNAS.",
                                       Shape::Boolean(), false, false}})}}),
       kRequired}};
}

Parameters Pam() { return {UserField(), UidField(), ServiceField()}; }

Parameters PamAndTokens() {
  constexpr std::size_t kMostTokens = 4;
  Parameters parameters = Pam();
  parameters.push_back({"tokens",
                        "What was typed, as each one-time password or recovery code that it can"
                        " be; it is used up.",
                        Shape::Array(Text(0, kMaxTokenCharacters), kMostTokens), kRequired});
  parameters.push_back({"learn_skew", "May a wrong code tell of a clock that is wrong?",
                        Shape::Boolean(), kRequired});
  parameters.push_back(
      {"options",
       "How the login's line wants it. It can narrow what the administrator allows, not widen it.",
       Shape::Object(
           {{"window",
             "Steps before and after the current one whose codes are accepted; left out, or wider"
             " than the administrator's: the administrator's.",
             Shape::Integer({.least = 0, .most = kMaxWindow})},
            {"otp_digits", "How many digits every code has; left out: as many as the user's have.",
             Digits()},
            {"charged",
             "The devices that an earlier answer of the same login was charged to, as that result"
             " gave them: this answer is not charged there again. Of programs that are not root it"
             " counts for the last attempt of this connection alone.",
             Shape::Integer({.least = 0, .most = std::numeric_limits<DeviceSet>::max()})},
            {"origin",
             "Where the login comes from: `host:` and the other host, `tty:` and a console of this"
             " machine, `self` for a process of the user's own uid. Left out: not known, or the"
             " caller's own uid where that is the user's.",
             Text(0, kMaxOriginBytes)}}),
       false, nlohmann::json::object()});
  return parameters;
}

Parameters PamGrace() {
  return {UserField(),
          UidField(),
          PlaceField(),
          {"seconds", "How long a login from there counts.",
           Shape::Integer({.least = 1, .most = kMaxGraceSeconds}), kRequired}};
}

Parameters PamNoteLogin() {
  return {
      UserField(),
      UidField(),
      PlaceField(),
      {"generation",
       "Of the device whose code it was, as pam.consume gives it or the live store has it: a"
       " login with a device that is gone by now is not noted. 0: not known.",
       Shape::Integer({.least = 0, .most = std::numeric_limits<std::uint32_t>::max()}), false, 0}};
}

Parameters PamNoteOrigin() {
  return {UserField(),
          UidField(),
          {"origin", "Where the login came from, as in pam.verify.", Text(1, kMaxOriginBytes),
           kRequired}};
}

Parameters PamStartEnrollment() {
  Parameters parameters = Pam();
  parameters.push_back(
      {"options", "How the login's line wants it.",
       Shape::Object({{"otp_digits", "How many digits the codes have; 6 if left out.",
                       Shape::Integer({.least = kMinDigits, .most = kMaxDigits})},
                      {"grace_days",
                       "For how many days from the first time that it is asked the login goes on"
                       " without; left out: it does not matter here.",
                       Shape::Integer({.least = 1, .most = kMaxGraceDays})}}),
       false, nlohmann::json::object()});
  return parameters;
}

Parameters PamFinishEnrollment() { return {UserField(), UidField(), TokenField("token")}; }

}  // namespace twofactor::parameters
