#include "helperd/twofactord/api/method_results.h"

#include <limits>

#include "common/livestore/verifier.h"
#include "common/otp/otp_parameters.h"
#include "helperd/messages/described_fields.h"
#include "helperd/twofactord/api/query_shape.h"
#include "helperd/twofactord/api/user_entry_shape.h"
#include "helperd/twofactord/policy/access.h"
#include "helperd/twofactord/vault/vault.h"

namespace twofactor::results {
namespace {

// An object that always has all of its keys.
Shape Answer(std::vector<Shape::Field> fields) {
  for (Shape::Field& field : fields) {
    field.required = true;
  }
  return Shape::Object(std::move(fields));
}

template <typename T>
Shape NamesOf(std::initializer_list<T> values) {
  std::vector<std::string> names;
  for (const T value : values) {
    names.emplace_back(NameOf(value));
  }
  return Shape::Enum(std::move(names));
}

Shape AccessNames() {
  std::vector<std::string> names;
  for (const AccessRule& rule : AccessRules()) {
    names.emplace_back(rule.name);
  }
  return Shape::Enum(std::move(names));
}

Shape Id() { return Shape::Integer({.least = 0, .most = kMaxUid}); }
Shape Seconds() { return Shape::Integer({.least = 0}); }
Shape Texts() { return Shape::Array(Shape::String()); }

// What the answer to an import or a restore says of each user.
std::vector<Shape::Field> ImportedFields() {
  return {{"username", "The user.", Shape::String()},
          {"outcome", "What happened to the user.",
           Shape::Enum({"imported", "would_import", "exists", "refused"})},
          {"reason", "Why the user was refused, or what was left out. Otherwise empty.",
           Shape::String()}};
}

}  // namespace

Shape Methods() {
  constexpr const char* kForClients = "For TrueNAS' clients.";
  return Shape::Map(Answer(
      {{"name", "The method's name.", Shape::String()},
       {"description", "What the method does.", Shape::String()},
       {"cli_description", "The first sentence of the description.", Shape::String()},
       {"roles",
        "The caller must hold one of these roles. Empty if no role is needed; `access` has the"
        " whole rule. `UID_0` is not a role that a group can give: only uid 0 holds it, and auth.me"
        " does not list it.",
        Texts()},
       {"access", "The rule: who may call the method, and for whom.", AccessNames()},
       {"params", "The JSON Schema of its parameters.", Shape::AnyObject()},
       {"result", "The JSON Schema of its answer.", Shape::AnyObject()},
       {"accepts", "The schemas of its parameters, one by one, for TrueNAS' clients.",
        Shape::Array(Shape::AnyObject())},
       {"returns", "The schema of its answer, for TrueNAS' clients.",
        Shape::Array(Shape::AnyObject(), 1)},
       {"examples", kForClients, Shape::AnyObject()},
       {"no_auth_required", kForClients, Shape::Boolean()},
       {"no_authz_required", kForClients, Shape::Boolean()},
       {"cli_private", kForClients, Shape::Boolean()},
       {"filterable", kForClients, Shape::Boolean()},
       {"filterable_schema", kForClients, Shape::Null()},
       {"pass_application", kForClients, Shape::Boolean()},
       {"job", kForClients, Shape::Boolean()},
       {"downloadable", kForClients, Shape::Boolean()},
       {"uploadable", kForClients, Shape::Boolean()},
       {"check_pipes", kForClients, Shape::Boolean()}}));
}

Shape Health() {
  return Answer(
      {{"key", "Where the vault's key came from.", Shape::Enum({"credential", "file"})},
       {"users", "The number of users with a second factor.", Shape::Integer({.least = 0})},
       {"live_store", "Whether the daemon kept the live store at its start, or created a new one.",
        Shape::Enum({"kept", "new"})},
       {"birth",
        "When the ledger's epoch began, in seconds since 1970. No code from before is accepted.",
        Shape::Integer()},
       {"birth_wait", "For how many more seconds codes with the default interval are refused.",
        Seconds()},
       {"now", "The daemon's time, in seconds since 1970.", Shape::Integer()},
       {"clock_set_back",
        "By how many seconds at most the clock was set back since the daemon started, or was behind"
        " the vault's last note at the start. 0 if less than five.",
        Seconds()},
       {"devices_ahead",
        "The number of devices that accept no current code, because a later one was used.",
        Shape::Integer({.least = 0})},
       {"longest_wait", "For how many more seconds the last of these devices is refused.",
        Seconds()},
       {"rekey_under_way", "Whether a change of the vault's key was started and not finished.",
        Shape::Boolean()},
       {"problems", "Problems that an administrator should look at.", Texts()}});
}

Shape AcceptedTime() {
  return Answer({{"devices", "The number of devices that accept current codes again.",
                  Shape::Integer({.least = 0})}});
}

namespace {

Shape Roles() { return Shape::Array(Shape::Enum({"FULL_ADMIN", "READONLY_ADMIN"})); }

Shape Privilege() {
  return Answer({{"roles", "The caller's roles.", Roles()},
                 {"allowlist", "The methods that the roles allow, in TrueNAS' form.",
                  Shape::Array(Shape::AnyObject())},
                 {"web_shell", "False: there is none.", Shape::Boolean()},
                 {"webui_access", "False: there is none.", Shape::Boolean()}});
}

// A successful login. `reconnect_token` is in version 26.0.0 of the API and later.
Shape LoginSuccess() {
  constexpr bool kRequired = true;
  return Shape::Object(
      {{"response_type", "The code was accepted.", Shape::Constant("SUCCESS"), kRequired},
       {"user_info", "The answer of auth.me. Null if `login_options` say so.",
        Shape::Nullable(Me()), kRequired},
       {"authenticator", "The level of the login.", Shape::Constant("LEVEL_1"), kRequired},
       {"reconnect_token", "Null: there are none. In version 26.0.0 of the API and later.",
        Shape::Null()}});
}

Shape LoginRefusal() {
  return Answer({{"response_type", "The code was not accepted.", Shape::Constant("AUTH_ERR")}});
}

}  // namespace

Shape Me() {
  return Answer(
      {{"pw_name", "The caller's login name. Null for a uid without one.",
        Shape::Nullable(Shape::String())},
       {"pw_uid", "The uid, from the kernel.", Id()},
       {"pw_gid", "The primary gid.", Id()},
       {"pw_gecos", "As in passwd(5).", Shape::String()},
       {"pw_dir", "The home directory.", Shape::String()},
       {"pw_shell", "The login shell.", Shape::String()},
       {"grouplist", "The gids of the caller's groups.", Shape::Array(Id())},
       {"local", "Whether the caller is in /etc/passwd.", Shape::Boolean()},
       {"source", "Where the account comes from. LDAP stands for every directory.",
        Shape::Enum({"LOCAL", "LDAP"})},
       {"sid", "Null: user.get_instance has it.", Shape::Null()},
       {"attributes", "Empty: there is no web interface.", Shape::AnyObject()},
       {"account_attributes", "The kind of account.",
        Shape::Array(Shape::Enum({"LOCAL", "DIRECTORY", "SYS_ADMIN", "2FA"}))},
       {"privilege", "The caller's rights.", Privilege()},
       {"roles", "The caller's roles.", Roles()},
       {"two_factor_config", "How the caller's second factor is set up.", TwofactorConfigShape()},
       {"authenticated",
        "Whether this connection has verified a code, or the caller has no second factor. If false,"
        " user.renew_2fa_secret fails with EACCES.",
        Shape::Boolean()}});
}

Shape Login() { return Shape::AnyOf({LoginSuccess(), LoginRefusal()}); }

Shape LoginOrDenial() {
  return Shape::AnyOf(
      {LoginSuccess(), LoginRefusal(),
       Answer({{"response_type", "The mechanism is not OTP_TOKEN.", Shape::Constant("DENIED")},
               {"reason", "The reason.", Shape::String()}})});
}

Shape Services() {
  return Shape::Map(Answer({{"type", "`crud` has a query, `config` has one configuration.",
                             Shape::Enum({"crud", "config", "service"})},
                            {"config", "For TrueNAS' clients.",
                             Answer({{"namespace", "The service's name.", Shape::String()},
                                     {"cli_namespace", "The same.", Shape::String()},
                                     {"cli_description", "Null.", Shape::Null()},
                                     {"cli_private", "False.", Shape::Boolean()},
                                     {"private", "False.", Shape::Boolean()},
                                     {"verbose_name", "The same.", Shape::String()}})}}));
}

Shape Jobs() {
  return Shape::AnyOf({Shape::Array(Shape::AnyObject(), 0), Shape::Integer({.least = 0})});
}

Shape SystemInformation() {
  const Shape number = Shape::Integer({.least = 0});
  constexpr const char* kUnknown = "Null: unknown here.";
  return Answer(
      {{"version", "The answer of system.version.", Shape::String()},
       {"buildtime", kUnknown, Shape::Null()},
       {"hostname", "The machine's name.", Shape::String()},
       {"physmem", "Bytes of memory.", number},
       {"model", "Empty: unknown here.", Shape::String()},
       {"cores", "The number of processors that are online.", number},
       {"physical_cores", "The same.", number},
       {"loadavg", "The load averages over 1, 5 and 15 minutes.", Shape::Array(Shape::Number(), 3)},
       {"uptime", "How long the machine has been up, such as `2 days, 3:04:05`.", Shape::String()},
       {"uptime_seconds", "The same in seconds.", Shape::Number()},
       {"system_serial", kUnknown, Shape::Null()},
       {"system_product", "The product.", Shape::Constant("twofactor")},
       {"system_product_version", "Its version.", Shape::String()},
       {"license", "Null.", Shape::Null()},
       {"boottime", "When the machine started.", Shape::DateTime()},
       {"datetime", "The daemon's time.", Shape::DateTime()},
       {"timezone", "The machine's time zone.", Shape::String()},
       {"system_manufacturer", kUnknown, Shape::Null()},
       {"ecc_memory", "False: unknown here.", Shape::Boolean()}});
}

Shape GroupQuery() { return RenamedQueryResultShape(GroupEntryShape()); }

Shape UserQuery() { return RenamedQueryResultShape(UserEntryShape()); }

Shape Settings() {
  return Answer(
      {{"id", "Always 1: there is one set of settings.", Shape::Integer({.least = 1, .most = 1})},
       {"enabled", "Whether logins ask for a second factor.", Shape::Boolean()},
       {"window", "How many time steps before and after the current one are accepted.",
        Shape::Integer({.least = 0, .most = kMaxWindow})},
       {"services", "Which services ask for a second factor.",
        Answer({{"ssh", "Whether sshd asks.", Shape::Boolean()}})}});
}

Shape Bypass() {
  return Answer({{"username", "The user.", Shape::String()},
                 {"uid", "The user's uid.", Id()},
                 {"since", "When the bypass began, in seconds since 1970.", Shape::Integer()},
                 {"until", "When the bypass ends, in seconds since 1970.", Shape::Integer()},
                 {"by_uid", "The uid of the administrator who set it.", Id()},
                 {"by", "The login name of that administrator. Empty for a uid without one.",
                  Shape::String()},
                 {"reason", "The reason. May be empty.", Shape::String()}});
}

Shape Bypasses() { return Shape::Array(Bypass()); }

Shape Devices() {
  const Shape device = Answer(
      {{"id", "The device's id, unique among the user's devices.",
        Shape::Integer({.least = 0, .most = kMaxDevices - 1})},
       {"label", "The user's name for the device. May be empty.", Shape::String()},
       {"type", "How codes are made.", NamesOf({DeviceKind::kTotp, DeviceKind::kHotp})},
       {"algorithm", "The hash algorithm of the HMAC.", Shape::Enum({"SHA1", "SHA256", "SHA512"})},
       {"otp_digits", "The number of digits of a code.",
        Shape::Integer({.least = kMinDigits, .most = kMaxDigits})},
       {"interval", "For how many seconds a code is valid.", Seconds()},
       {"created", "When the device got its secret, in seconds since 1970.", Shape::Integer()},
       {"failures",
        "Failed attempts in a row from unknown origins, where the user has not logged in before.",
        Shape::Integer({.least = 0})},
       {"wait", "For how many seconds no code is accepted from there.", Seconds()},
       {"failures_at_known_origins",
        "Failed attempts in a row from known origins, where the user has logged in before.",
        Shape::Integer({.least = 0})},
       {"wait_at_known_origins", "For how many seconds no code is accepted from there.",
        Seconds()}});
  return Answer({{"devices", "The user's devices.", Shape::Array(device)},
                 {"recovery_codes_left",
                  "The number of recovery codes that are left. Null if none were ever created.",
                  Shape::Nullable(Shape::Integer({.least = 0}))},
                 {"bypass", "The user's bypass, or null.", Shape::Nullable(Bypass())}});
}

Shape RecoveryCodes() {
  return Answer({{"recovery_codes", "The codes, shown only this once. Each opens one login.",
                  Shape::Array(Shape::String())}});
}

Shape Imported() { return Shape::Array(Answer(ImportedFields())); }

Shape BackupStarted() {
  return Answer({{"header", "The first line of the backup.", Shape::String()},
                 {"users", "The number of users in the backup.", Shape::Integer({.least = 0})}});
}

Shape BackupPart() {
  return Answer({{"part", "The next line of the backup.", Shape::String()},
                 {"last", "Whether it is the last line.", Shape::Boolean()},
                 {"users", "The number of users in it.", Shape::Integer({.least = 0})}});
}

Shape RestoreStarted() {
  return Answer({{"id", "The id of the backup.", Shape::String()},
                 {"created", "When the backup was started, in seconds since 1970.",
                  Shape::Integer({.least = 0})},
                 {"host", "The machine that the backup was made on.", Shape::String()},
                 {"users", "The number of users in the backup.", Shape::Integer({.least = 0})}});
}

Shape Restored() {
  std::vector<Shape::Field> user = ImportedFields();
  user.push_back({"uses_unknown",
                  "Whether HOTP counters or recovery codes come from the backup alone, so that"
                  " this machine does not know what was used since.",
                  Shape::Boolean()});
  return Answer({{"users", "The users of this part.", Shape::Array(Answer(std::move(user)))},
                 {"last", "Whether it was the last part.", Shape::Boolean()},
                 {"settings", "Whether the settings were restored with it.", Shape::Boolean()}});
}

namespace {

Shape StaleUser() {
  return Answer(
      {{"username", "The name in the vault.", Shape::String()},
       {"uid", "The uid that the name had at enrollment.", Id()},
       {"state",
        "`gone`: the system knows neither name nor uid. `other_uid`: the name now has another uid."
        " `renamed`: the uid now has another name.",
        Shape::Enum({"gone", "other_uid", "renamed"})},
       {"new_username", "If renamed, the present name of this uid. Otherwise null.",
        Shape::Nullable(Shape::String())},
       {"new_uid", "If other_uid, the present uid of this name. Otherwise null.",
        Shape::Nullable(Id())},
       {"new_configured", "Whether the user with that name or uid has a second factor.",
        Shape::Boolean()},
       {"devices", "The number of devices in the vault.", Shape::Integer({.least = 0})},
       {"first_seen",
        "When the user was first found to be gone, in seconds since 1970. Null if not yet noted.",
        Shape::Nullable(Shape::Integer())},
       {"days_left", "In how many days maintenance may remove the user. Null if never.",
        Shape::Nullable(Shape::Integer({.least = 0}))},
       {"removed", "Whether this call removed the user.", Shape::Boolean()}});
}

std::vector<Shape::Field> StaleFields() {
  const Shape unanswered = Answer({{"username", "The name in the vault.", Shape::String()},
                                   {"uid", "The uid that the name had at enrollment.", Id()},
                                   {"reason", "What did not answer.", Shape::String()}});
  return {{"stale", "Users that the system no longer knows by this name and uid.",
           Shape::Array(StaleUser())},
          {"unanswered", "Users whose directory did not answer. They count as known.",
           Shape::Array(unanswered)},
          {"looked_at", "The number of users that were looked at.", Shape::Integer({.least = 0})},
          {"next", "Where to continue. Null if these were the last users.",
           Shape::Nullable(Shape::String())}};
}

}  // namespace

Shape StaleFactors() { return Answer(StaleFields()); }

Shape UpkeepDone() {
  auto fields = StaleFields();
  fields.push_back(
      {"keys", "The number of backup keys that were removed, because no recovery code needs them.",
       Shape::Integer({.least = 0})});
  return Answer(std::move(fields));
}

Shape RemovedStaleFactors() {
  return Shape::Array(
      Answer({{"username", "The name.", Shape::String()},
              {"uid", "The uid that it had.", Id()},
              {"outcome", "`known`: the system knows the user. `unanswered`: it did not answer.",
               Shape::Enum({"removed", "known", "unanswered"})}}));
}

Shape RenamedUser() {
  return Answer({{"devices", "The number of devices that now belong to the new name.",
                  Shape::Integer({.least = 1})},
                 {"lost_recovery_codes",
                  "Whether recovery codes were lost: they were hashed with the old name.",
                  Shape::Boolean()}});
}

Shape RekeyStarted() {
  return Answer({{"key", "The new key: 64 hexadecimal digits.", Shape::String()},
                 {"resumed", "Whether this change had already been started.", Shape::Boolean()},
                 {"secrets", "The number of secrets.", Shape::Integer({.least = 0})}});
}

Shape RekeyPart() {
  return Answer(
      {{"secrets", "The number of secrets that were looked at.", Shape::Integer({.least = 0})},
       {"last", "Whether they were the last.", Shape::Boolean()}});
}

Shape PamState() {
  return Answer(
      {{"state", "Whether the user has a second factor, and whether logins ask for it.",
        NamesOf({FactorState::kConfigured, FactorState::kAbsent, FactorState::kDisabled})},
       {"digits", "The numbers of digits that the user's codes have, each once.",
        Shape::Array(Shape::Integer({.least = kMinDigits, .most = kMaxDigits}))},
       {"off_until", "When the user's bypass ends, in seconds since 1970. Null if there is none.",
        Shape::Nullable(Shape::Integer())}});
}

Shape PamVerification() {
  return Answer(
      {{"outcome", "What came of the code.",
        NamesOf({VerifyOutcome::kGranted, VerifyOutcome::kWrong, VerifyOutcome::kReplayed,
                 VerifyOutcome::kBeforeBirth, VerifyOutcome::kThrottled,
                 VerifyOutcome::kNoFactor})},
       {"wait", "For how many seconds no code is accepted.", Seconds()},
       {"digits", "The number of digits of the accepted code. 0 if none was accepted.",
        Shape::Integer({.least = 0, .most = kMaxDigits})},
       {"generation", "The generation of the device whose code was accepted. 0 if there is none.",
        Shape::Integer({.least = 0, .most = std::numeric_limits<std::uint32_t>::max()})},
       {"recovery_codes_left", "How many recovery codes are left, if one was used. Otherwise null.",
        Shape::Nullable(Shape::Integer({.least = 0}))},
       {"known_origin", "Whether the user has logged in from this origin before.",
        Shape::Boolean()},
       {"charged", "The devices that the attempt was charged to, as a bit mask.",
        Shape::Integer({.least = 0, .most = std::numeric_limits<DeviceSet>::max()})}});
}

Shape PamGrace() {
  return Answer({{"granted", "Whether this login needs no code.", Shape::Boolean()}});
}

Shape PamEnrollment() {
  return Answer(
      {{"provisioning_uri", "The otpauth URI of the new secret.", Shape::String()},
       {"secret", "The secret in Base32, in groups of four, for typing.", Shape::String()},
       {"qr",
        "The URI as a QR code in half blocks for a dark terminal, at most 80 columns wide. Null if"
        " it would be wider.",
        Shape::Nullable(Shape::String())},
       {"otp_digits", "The number of digits of a code.",
        Shape::Integer({.least = kMinDigits, .most = kMaxDigits})},
       {"interval", "For how many seconds a code is valid.", Shape::Integer({.least = 1})},
       {"days_left",
        "For how many days, including the present one, logins go on without a second factor. Null"
        " without grace_days.",
        Shape::Nullable(Shape::Integer({.least = 0}))}});
}

Shape PamEnrollmentEnd() {
  return Answer({{"outcome", "Whether the secret is now active, or the code was wrong.",
                  Shape::Enum({"enrolled", "wrong"})}});
}

}  // namespace twofactor::results
