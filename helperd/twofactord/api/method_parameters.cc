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
// Longer than any code with spaces.
constexpr std::size_t kMaxTokenCharacters = 64;
constexpr std::size_t kMaxServiceCharacters = 256;
constexpr std::size_t kMaxGroups = 64;
constexpr std::size_t kMaxGroupCharacters = 256;
constexpr std::size_t kMaxPlaceCharacters = 300;
constexpr std::int64_t kMaxGraceSeconds = std::int64_t{30} * 24 * 60 * 60;
constexpr std::int64_t kMaxGraceDays = 365;
constexpr std::size_t kMaxRecoveryCodes = 64;
// These fit one request to twofactor-accounts, whatever their names.
constexpr std::size_t kMaxStaleUsers = 40;

Shape Text(std::size_t least, std::size_t most) {
  return Shape::String({.least = least, .most = most, .rule = &kNoNulRule});
}

Shape Name() { return Text(1, Username::kMaxBytes); }

Shape::Field UserField() { return {"username", "The user's login name.", Name(), kRequired}; }

Shape::Field UidField() {
  return {"uid", "The user's uid, as the application looked it up.",
          Shape::Integer({.least = 0, .most = kMaxUid}), kRequired};
}

Shape::Field ServiceField() {
  return {"service", "The PAM service name.", Text(0, kMaxServiceCharacters), kRequired};
}

Shape::Field PlaceField() {
  return {"place", "Where the login comes from: a host, or a terminal of this machine.",
          Text(1, kMaxPlaceCharacters), kRequired};
}

Shape::Field TokenField(std::string name) {
  return {std::move(name), "A code. It is consumed.", Text(0, kMaxTokenCharacters), kRequired};
}

Shape::Field TwofactorOptions() {
  return {"twofactor_options",
          "How codes are made from the new secret. Omitted values stay as they are. At first a "
          "code has 6"
          " digits and is valid for 30 seconds.",
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
  return {"id", "The device's id in user.list_2fa_devices.",
          Shape::Integer({.least = 0, .most = kMaxDevices - 1}), kRequired};
}

Shape Algorithm() { return Shape::Enum({"SHA1", "SHA256", "SHA512"}); }
Shape Digits() { return Shape::Integer({.least = kMinDigits, .most = kMaxDigits}); }
Shape Interval() {
  return Shape::Integer({.least = kMinInterval.count(), .most = kMaxInterval.count()});
}

// A device from other software.
Shape ImportedDeviceShape() {
  return Shape::Object(
      {{"type", "Codes come from the time (TOTP, RFC 6238) or from a counter (HOTP, RFC 4226).",
        Shape::Enum({"TOTP", "HOTP"}), kRequired},
       {"secret", "The secret in Base32, without padding.", Text(1, (kMaxSecretBytes * 8 + 4) / 5),
        kRequired},
       {"algorithm", "The hash algorithm of the HMAC.", Algorithm(), false, "SHA1"},
       {"otp_digits", "The number of digits of a code.", Digits(), false, 6},
       {"interval", "TOTP: for how many seconds a code is valid.", Interval(), false, 30},
       {"counter", "HOTP: the next counter that is accepted.",
        Shape::Integer({.least = 0, .most = static_cast<std::int64_t>(kMaxHotpCounter)}), false, 0},
       {"first_step", "TOTP: the first time step that has not been used.",
        Shape::Integer({.least = 0, .most = kMaxTimeStep}), false, 0},
       {"skew", "TOTP: by how many time steps the device's clock is ahead.",
        Shape::Integer({.least = -kMaxSkew, .most = kMaxSkew}), false, 0},
       {"label", "The user's name for the device.",
        Shape::String({.most = kMaxLabelCharacters, .rule = &kOneLineRule}), false, ""}});
}

Parameters ConnectionOptions() {
  return {{"options", "Any options.", Shape::AnyObject(), kRequired}};
}

namespace {

Shape::Field MechanismField(const char* mechanism) {
  return {"mechanism", "How the caller logs in.", Shape::Constant(mechanism), kRequired};
}

// Every mechanism takes these.
Shape::Field LoginOptions() {
  return {"login_options", "What to answer.",
          Shape::Object({{"user_info", "Whether `user_info` in the answer describes the caller.",
                          Shape::Boolean(), false, true},
                         {"reconnect_token", "Accepted and ignored: there are no reconnect tokens.",
                          Shape::Boolean(), false, false}}),
          false, nlohmann::json::object()};
}

Shape TokenLogin() {
  return Shape::Object({MechanismField("OTP_TOKEN"), TokenField("otp_token"), LoginOptions()});
}

// A login that is refused without a look at its credentials.
Shape RefusedLogin(const char* mechanism, std::initializer_list<const char*> names) {
  std::vector<Shape::Field> fields = {MechanismField(mechanism)};
  for (const char* name : names) {
    fields.push_back({name, "Ignored.", Shape::String(), kRequired});
  }
  fields.push_back(LoginOptions());
  return Shape::Object(std::move(fields));
}

}  // namespace

Parameters LoginToken() {
  return {{"login_data", "The answer to the last question of the login.", TokenLogin(), kRequired}};
}

Parameters Login() {
  return {{"login_data", "A mechanism and its credentials.",
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
  return {{"service",
           "Only the methods of this service, such as `user` for `user.query`. Null for all.",
           Shape::Nullable(Text(0, kMaxServiceCharacters)), false, nlohmann::json(nullptr)},
          TargetField("The kind of client. All get the same answer.")};
}

Parameters Target() { return {TargetField("The kind of client. All get the same answer.")}; }

Parameters EventName() {
  return {{"event", "The event: `user.query`, or `*` for every event.",
           Text(1, kMaxServiceCharacters), kRequired}};
}

Parameters SubscriptionId() {
  return {
      {"id_", "The id that core.subscribe answered.", Text(0, kMaxServiceCharacters), kRequired}};
}

Parameters GroupIds() {
  return {{"group_ids", "Accepted and ignored: every group has the same shells.",
           Shape::Array(Shape::Integer(), kMaxGroups), false, nlohmann::json::array()}};
}

Parameters User() { return {UserField()}; }

Parameters UserAndOptions() { return {UserField(), TwofactorOptions()}; }

Parameters UserAndDeviceOptions() {
  Parameters parameters = UserAndOptions();
  parameters[1].shape = Shape::Object(
      {{"otp_digits", "The number of digits of a code.", Digits()},
       {"interval", "For how many seconds a code is valid.", Interval()},
       {"algorithm", "The hash algorithm of the HMAC.", Algorithm()},
       {"type", "Codes come from the time (TOTP, RFC 6238) or from a counter (HOTP, RFC 4226).",
        Shape::Enum({"TOTP", "HOTP"})},
       {"label",
        "The device with this label gets the secret; if there is none, a device is added. If "
        "omitted,"
        " the first device gets it.",
        Label()}});
  return parameters;
}

Parameters UserAndDevice() { return {UserField(), DeviceField()}; }

Parameters UserDeviceAndLabel() {
  return {
      UserField(), DeviceField(), {"label", "The user's name for the device.", Label(), kRequired}};
}

Parameters UserDeviceAndTwoCodes() {
  return {UserField(), DeviceField(), TokenField("first_code"), TokenField("second_code")};
}

Parameters UserAndBypass() {
  constexpr std::int64_t kMaxSeconds = std::int64_t{7} * 24 * 60 * 60;
  constexpr std::size_t kMaxReasonCharacters = 200;
  return {UserField(),
          {"bypass", "Duration and reason.",
           Shape::Object(
               {{"seconds", "Duration in seconds, at most bypass.longest of twofactord.conf.",
                 Shape::Integer({.least = 1, .most = kMaxSeconds}), kRequired},
                {"reason", "The reason, for the audit trail and for the user.",
                 Shape::String({.most = kMaxReasonCharacters, .rule = &kOneLineRule}), false, ""}}),
           kRequired}};
}

Parameters Import() {
  constexpr std::size_t kMaxUsers = 1000;
  const Shape user = Shape::Object(
      {{"username", "The login name, as NSS has it.", Name(), kRequired},
       {"uid", "The user's uid.", Shape::Integer({.least = 0, .most = kMaxUid}), kRequired},
       {"devices", "The user's devices.", Shape::Array(ImportedDeviceShape(), kMaxDevices),
        kRequired},
       {"recovery_codes", "Codes that each open one login.",
        Shape::Array(Text(1, kMaxTokenCharacters), kMaxRecoveryCodes), false,
        nlohmann::json::array()}});
  return {{"users", "The users. Each is imported completely or not at all.",
           Shape::Array(user, kMaxUsers), kRequired},
          {"options", "How to do it.",
           Shape::Object(
               {{"dry_run", "Only report what would be done.", Shape::Boolean(), false, false},
                {"replace", "Also replace a second factor that a user has.", Shape::Boolean(),
                 false, false}}),
           false, nlohmann::json::object()}};
}

namespace {

constexpr std::size_t kMaxPassphraseCharacters = 1024;
// The longest line of a backup that fits in a call.
constexpr std::size_t kMaxLineCharacters = 60UL * 1024;

Shape::Field PassphraseField() {
  return {"passphrase", "The passphrase that encrypts the backup.",
          Text(1, kMaxPassphraseCharacters), kRequired};
}

}  // namespace

Parameters Passphrase() { return {PassphraseField()}; }

Parameters Restore() {
  return {
      {"header", "The first line of the backup.", Text(1, kMaxLineCharacters), kRequired},
      PassphraseField(),
      {"options", "How to do it.",
       Shape::Object(
           {{"dry_run", "Only report what would be done.", Shape::Boolean(), false, false},
            {"replace", "Also replace a second factor that a user has.", Shape::Boolean(), false,
             false},
            {"keep_uids",
             "Give users the uids of the backup, without asking the system. For the machine that"
             " the backup was made on, or one with the same users.",
             Shape::Boolean(), false, false},
            {"settings", "Also restore the settings of every login.", Shape::Boolean(), false,
             false}}),
       false, nlohmann::json::object()}};
}

Parameters BackupPart() {
  return {{"part", "The next line of the backup.", Text(1, kMaxLineCharacters), kRequired}};
}

Parameters After() {
  return {{"options", "Which users.",
           Shape::Object({{"after",
                           "Only users whose names come after this one in byte order: `next` of the"
                           " previous answer. If omitted, starts with the first user.",
                           Text(0, Username::kMaxBytes)}}),
           false, nlohmann::json::object()}};
}

Parameters UserOfDevices() {
  return {{"options", "Which devices.",
           Shape::Object({{"username", "Only this user's devices. If omitted, every user's.",
                           Text(1, Username::kMaxBytes)}}),
           false, nlohmann::json::object()}};
}

Parameters StaleUsers() {
  return {{"users", "Users as twofactor.stale_factors lists them.",
           Shape::Array(Shape::Object({UserField(),
                                       {"uid", "The uid that the name had.",
                                        Shape::Integer({.least = 0, .most = kMaxUid}), kRequired}}),
                        kMaxStaleUsers),
           kRequired}};
}

Parameters TwoNames() {
  return {{"username", "The user's old name.", Name(), kRequired},
          {"new_username", "The present name of the same uid.", Name(), kRequired}};
}

Parameters VaultKeyInPlace() {
  constexpr std::size_t kDigits = 64;
  return {{"key", "The key where the next start of the daemon reads it: 64 hexadecimal digits.",
           Text(kDigits, kDigits), kRequired}};
}

Parameters UserAndToken() { return {UserField(), TokenField("token")}; }

Parameters UserAndTokenOrNull() {
  Shape::Field token = TokenField("token");
  token.description += " If null or omitted, the answer is false.";
  token.shape = Shape::Nullable(std::move(token.shape));
  token.required = false;
  token.default_value = nlohmann::json(nullptr);
  return {UserField(), std::move(token)};
}

Parameters UserQuery() {
  constexpr bool kOptional = false;
  return {
      {"filters",
       "Which entries: `[[field, operator, value], …]`, which must all match, or `[\"OR\","
       " [filter or list of filters, …]]`, of which one must match. Operators: `=` `!=` `>` `<`"
       " `>=` `<=`; `in` and `nin` take a list; `rin` and `rnin` look for the value in a list or"
       " text of the entry; `^` and `!^` compare the start of a text, `$` and `!$` its end; `~`"
       " matches a regular expression (RE2 syntax) at the start of a text, at most 8 per query."
       " A field that an entry does not have matches nothing. A date-time compares as text;"
       " `field.$date` compares as a moment, given as milliseconds or as an ISO 8601 text.",
       FiltersShape(), kOptional, nlohmann::json::array()},
      {"options", "What to answer about them.", QueryOptionsShape(), kOptional,
       nlohmann::json::object()}};
}

Parameters UserInstance() {
  const Shape id = Shape::Integer({.least = 0, .most = kMaxUid + kDirectoryIdOffset});
  return {{"id", "A user's id or login name.", Shape::AnyOf({id, Name()}), kRequired},
          {"options", "Accepted and ignored, for TrueNAS' clients.", Shape::AnyObject()}};
}

Parameters GroupInstance() {
  const Shape id = Shape::Integer({.least = 0, .most = kMaxUid + kDirectoryIdOffset});
  return {
      {"id", "A group's id or name.", Shape::AnyOf({id, Text(1, kMaxGroupCharacters)}), kRequired},
      {"options", "Accepted and ignored, for TrueNAS' clients.", Shape::AnyObject()}};
}

Parameters Settings() {
  return {{"auth_twofactor_update", "The settings to change.",
           Shape::Object(
               {{"enabled", "Whether logins ask for a second factor.", Shape::Boolean()},
                {"window", "How many time steps before and after the current one are accepted.",
                 Shape::Integer({.least = 0, .most = kMaxWindow})},
                {"services", "Which services ask for a second factor. Omitted services do not.",
                 Shape::Object({{"ssh", "Whether sshd asks.", Shape::Boolean(), false, false}})}}),
           kRequired}};
}

Parameters Pam() { return {UserField(), UidField(), ServiceField()}; }

Parameters PamAndTokens() {
  constexpr std::size_t kMaxTokens = 4;
  Parameters parameters = Pam();
  parameters.push_back({"tokens",
                        "Each code or recovery code that the typed text can be. It is consumed.",
                        Shape::Array(Text(0, kMaxTokenCharacters), kMaxTokens), kRequired});
  parameters.push_back({"learn_skew",
                        "Whether the daemon may learn a device's clock skew from a wrong code.",
                        Shape::Boolean(), kRequired});
  parameters.push_back(
      {"options",
       "The options of the login's line. They can narrow what the administrator allows, but not"
       " widen it.",
       Shape::Object(
           {{"window",
             "How many time steps before and after the current one are accepted. If this is omitted"
             " or wider than the administrator's window, that applies.",
             Shape::Integer({.least = 0, .most = kMaxWindow})},
            {"otp_digits",
             "The number of digits of every code. If omitted, each device has its own.", Digits()},
            {"charged",
             "The devices that an earlier answer of the same login was charged to, as its result"
             " says. This answer is not charged there again. If the application is not root, it"
             " counts only for the previous attempt on this connection.",
             Shape::Integer({.least = 0, .most = std::numeric_limits<DeviceSet>::max()})},
            {"origin",
             "Where the login comes from: `host:` and the remote host, `tty:` and a console of this"
             " machine, or `self` for a process of the user's own uid. If omitted, it is `self` if"
             " the caller runs as the user, and otherwise unknown.",
             Text(0, kMaxOriginBytes)}}),
       false, nlohmann::json::object()});
  return parameters;
}

Parameters PamGrace() {
  return {UserField(),
          UidField(),
          PlaceField(),
          {"seconds", "For how many seconds a login from there stands for a code.",
           Shape::Integer({.least = 1, .most = kMaxGraceSeconds}), kRequired}};
}

Parameters PamNoteLogin() {
  return {
      UserField(),
      UidField(),
      PlaceField(),
      {"generation",
       "The generation of the device whose code was accepted, from pam.consume or the live store."
       " A login with a device that was removed meanwhile is not noted. 0 if unknown.",
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
      {"options", "The options of the login's line.",
       Shape::Object({{"otp_digits", "The number of digits of a code. 6 if omitted.",
                       Shape::Integer({.least = kMinDigits, .most = kMaxDigits})},
                      {"grace_days",
                       "For how many days after the first request logins go on without a second"
                       " factor. If omitted, `days_left` is null.",
                       Shape::Integer({.least = 1, .most = kMaxGraceDays})}}),
       false, nlohmann::json::object()});
  return parameters;
}

Parameters PamFinishEnrollment() { return {UserField(), UidField(), TokenField("token")}; }

}  // namespace twofactor::parameters
