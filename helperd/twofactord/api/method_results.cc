#include "helperd/twofactord/api/method_results.h"

#include <limits>

#include "common/livestore/verifier.h"
#include "common/otp/otp_parameters.h"
#include "helperd/messages/described_fields.h"
#include "helperd/twofactord/api/query_shape.h"
#include "helperd/twofactord/api/user_entry_shape.h"
#include "helperd/twofactord/vault/vault.h"

namespace twofactor::results {
namespace {

// Every key of these objects is always there.
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

Shape Id() { return Shape::Integer({.least = 0, .most = kMaxUid}); }
Shape Seconds() { return Shape::Integer({.least = 0}); }
Shape Texts() { return Shape::Array(Shape::String()); }

// What the answer to an import or a restore says of each user.
std::vector<Shape::Field> ImportedFields() {
  return {
      {"username", "The user.", Shape::String()},
      {"outcome", "What became of the user.",
       Shape::Enum({"imported", "would_import", "exists", "refused"})},
      {"reason", "Why the user was refused, or what was left out; else empty.", Shape::String()}};
}

}  // namespace

Shape Methods() {
  constexpr const char* kForClients = "For TrueNAS' clients.";
  return Shape::Map(
      Answer({{"name", "The method's name.", Shape::String()},
              {"description", "What the method does.", Shape::String()},
              {"cli_description", "The first sentence of it.", Shape::String()},
              {"roles", "Who holds none of these may not call it; empty: everybody may.", Texts()},
              {"access", "Who may call it: all that the policy says of that.",
               Shape::Enum({"anybody", "identified", "admins", "FULL_ADMIN"})},
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
       {"users", "How many users have a second factor.", Shape::Integer({.least = 0})},
       {"live_store", "Was the live store kept, or made anew at the start?",
        Shape::Enum({"kept", "new"})},
       {"birth", "When the epoch began: no code from before is accepted. In seconds since 1970.",
        Shape::Integer()},
       {"birth_wait", "For how many seconds codes of the usual interval are refused yet.",
        Seconds()},
       {"now", "The daemon's time, in seconds since 1970.", Shape::Integer()},
       {"clock_set_back",
        "By how many seconds the clock was set back since the daemon started, or was behind what "
        "the"
        " vault had noted then; the most, and 0 for less than five.",
        Seconds()},
       {"devices_ahead",
        "How many devices accept no code of the present, because a later one was used.",
        Shape::Integer({.least = 0})},
       {"longest_wait", "For how many seconds the last of these is refused yet.", Seconds()},
       {"rekey_under_way", "Is a change of the vault's key begun and not finished?",
        Shape::Boolean()},
       {"problems", "What an administrator should look at.", Texts()}});
}

Shape AcceptedTime() {
  return Answer({{"devices", "How many devices accept codes of the present again.",
                  Shape::Integer({.least = 0})}});
}

namespace {

Shape Roles() { return Shape::Array(Shape::Enum({"FULL_ADMIN", "READONLY_ADMIN"})); }

Shape Privilege() {
  return Answer({{"roles", "The caller's roles.", Roles()},
                 {"allowlist", "What the roles let the caller call, in TrueNAS' form.",
                  Shape::Array(Shape::AnyObject())},
                 {"web_shell", "False: there is none.", Shape::Boolean()},
                 {"webui_access", "False: there is none.", Shape::Boolean()}});
}

// A login that went well; `reconnect_token` from version 26.0.0 of the API on.
Shape LoginSuccess() {
  constexpr bool kRequired = true;
  return Shape::Object(
      {{"response_type", "The code was right.", Shape::Constant("SUCCESS"), kRequired},
       {"user_info", "As auth.me answers it; null where login_options say so.",
        Shape::Nullable(Me()), kRequired},
       {"authenticator", "The level of the login.", Shape::Constant("LEVEL_1"), kRequired},
       {"reconnect_token", "Null: there are none. From version 26.0.0 of the API on.",
        Shape::Null()}});
}

Shape LoginRefusal() {
  return Answer({{"response_type", "The code was not right.", Shape::Constant("AUTH_ERR")}});
}

}  // namespace

Shape Me() {
  return Answer(
      {{"pw_name", "The caller's login name; null for a uid without one.",
        Shape::Nullable(Shape::String())},
       {"pw_uid", "The uid, as the kernel says it.", Id()},
       {"pw_gid", "The primary gid.", Id()},
       {"pw_gecos", "As in passwd(5).", Shape::String()},
       {"pw_dir", "The home directory.", Shape::String()},
       {"pw_shell", "The login shell.", Shape::String()},
       {"grouplist", "The gids of the caller's groups.", Shape::Array(Id())},
       {"local", "Is the caller in /etc/passwd?", Shape::Boolean()},
       {"source", "Where the account comes from; LDAP stands for every directory.",
        Shape::Enum({"LOCAL", "LDAP"})},
       {"sid", "Null: user.get_instance has it.", Shape::Null()},
       {"attributes", "Empty: there is no web interface.", Shape::AnyObject()},
       {"account_attributes", "What kind of account it is.",
        Shape::Array(Shape::Enum({"LOCAL", "DIRECTORY", "SYS_ADMIN", "2FA"}))},
       {"privilege", "What the caller may do.", Privilege()},
       {"roles", "The caller's roles.", Roles()},
       {"two_factor_config", "How the caller's second factor is set up.", TwofactorConfigShape()},
       {"authenticated",
        "Did this connection prove the second factor, or is there none? Otherwise"
        " user.renew_2fa_secret fails with EACCES.",
        Shape::Boolean()}});
}

Shape Login() { return Shape::AnyOf({LoginSuccess(), LoginRefusal()}); }

Shape LoginOrDenial() {
  return Shape::AnyOf(
      {LoginSuccess(), LoginRefusal(),
       Answer({{"response_type", "Of another mechanism than OTP_TOKEN.", Shape::Constant("DENIED")},
               {"reason", "Why.", Shape::String()}})});
}

Shape Services() {
  return Shape::Map(Answer({{"type", "crud: has a query. config: has one configuration.",
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
  constexpr const char* kUnknown = "Null: not known here.";
  return Answer(
      {{"version", "As system.version answers it.", Shape::String()},
       {"buildtime", kUnknown, Shape::Null()},
       {"hostname", "The machine's name.", Shape::String()},
       {"physmem", "Bytes of memory.", number},
       {"model", "Empty: not known here.", Shape::String()},
       {"cores", "How many processors are online.", number},
       {"physical_cores", "The same.", number},
       {"loadavg", "The load of the last 1, 5 and 15 minutes.", Shape::Array(Shape::Number(), 3)},
       {"uptime", "How long the machine has been up: `2 days, 3:04:05`.", Shape::String()},
       {"uptime_seconds", "The same in seconds.", Shape::Number()},
       {"system_serial", kUnknown, Shape::Null()},
       {"system_product", "The product.", Shape::Constant("twofactor")},
       {"system_product_version", "Its version.", Shape::String()},
       {"license", "Null.", Shape::Null()},
       {"boottime", "When the machine started.", Shape::DateTime()},
       {"datetime", "The daemon's time.", Shape::DateTime()},
       {"timezone", "The machine's time zone.", Shape::String()},
       {"system_manufacturer", kUnknown, Shape::Null()},
       {"ecc_memory", "False: not known here.", Shape::Boolean()}});
}

Shape GroupQuery() { return RenamedQueryResultShape(GroupEntryShape()); }

Shape UserQuery() { return RenamedQueryResultShape(UserEntryShape()); }

Shape Settings() {
  return Answer(
      {{"id", "There is one set of settings.", Shape::Integer({.least = 1, .most = 1})},
       {"enabled", "Do logins ask for a second factor?", Shape::Boolean()},
       {"window", "Steps before and after the current one whose codes are accepted.",
        Shape::Integer({.least = 0, .most = kMaxWindow})},
       {"services", "Which services ask.", Answer({{"ssh", "Does sshd ask?", Shape::Boolean()}})}});
}

Shape Bypass() {
  return Answer(
      {{"username", "The user.", Shape::String()},
       {"uid", "The user's uid.", Id()},
       {"since", "When it was given, in seconds since 1970.", Shape::Integer()},
       {"until", "When it is over, in seconds since 1970.", Shape::Integer()},
       {"by_uid", "Who gave it.", Id()},
       {"by", "The login name of who gave it; empty for a uid without one.", Shape::String()},
       {"reason", "What for; may be empty.", Shape::String()}});
}

Shape Bypasses() { return Shape::Array(Bypass()); }

Shape Devices() {
  const Shape device = Answer(
      {{"id", "Its number among the user's.",
        Shape::Integer({.least = 0, .most = kMaxDevices - 1})},
       {"label", "What its user calls it; may be empty.", Shape::String()},
       {"type", "How it makes codes.", NamesOf({DeviceKind::kTotp, DeviceKind::kHotp})},
       {"algorithm", "The HMAC's hash.", Shape::Enum({"SHA1", "SHA256", "SHA512"})},
       {"otp_digits", "How many digits a code has.",
        Shape::Integer({.least = kMinDigits, .most = kMaxDigits})},
       {"interval", "For how many seconds a code holds.", Seconds()},
       {"created", "Since when it has its secret, in seconds since 1970.", Shape::Integer()},
       {"failures",
        "How many wrong codes in a row were tried from where the user did not log in before.",
        Shape::Integer({.least = 0})},
       {"wait", "For how many seconds no code is taken there after them.", Seconds()},
       {"failures_at_known_origins",
        "How many wrong codes in a row were tried from where the user logged in before.",
        Shape::Integer({.least = 0})},
       {"wait_at_known_origins", "For how many seconds no code is taken there after them.",
        Seconds()}});
  return Answer({{"devices", "The user's devices.", Shape::Array(device)},
                 {"recovery_codes_left", "How many recovery codes are left; null: never made.",
                  Shape::Nullable(Shape::Integer({.least = 0}))},
                 {"bypass", "Where an administrator lets the user in without a code for a while.",
                  Shape::Nullable(Bypass())}});
}

Shape RecoveryCodes() {
  return Answer({{"recovery_codes", "The codes, told this once; each opens one login.",
                  Shape::Array(Shape::String())}});
}

Shape Imported() { return Shape::Array(Answer(ImportedFields())); }

Shape BackupStarted() {
  return Answer({{"header", "The first line of the backup.", Shape::String()},
                 {"users", "How many users it will hold.", Shape::Integer({.least = 0})}});
}

Shape BackupPart() {
  return Answer({{"part", "The next line of the backup.", Shape::String()},
                 {"last", "Is it the last one?", Shape::Boolean()},
                 {"users", "How many users are in it.", Shape::Integer({.least = 0})}});
}

Shape RestoreStarted() {
  return Answer(
      {{"id", "The backup's own number.", Shape::String()},
       {"created", "When it was begun, in seconds since 1970.", Shape::Integer({.least = 0})},
       {"host", "The machine that it was made on.", Shape::String()},
       {"users", "How many users it holds.", Shape::Integer({.least = 0})}});
}

Shape Restored() {
  std::vector<Shape::Field> user = ImportedFields();
  user.push_back({"uses_unknown",
                  "Are HOTP devices or recovery codes as used as in the backup, as this machine"
                  " knows no more of them?",
                  Shape::Boolean()});
  return Answer({{"users", "The users of this part.", Shape::Array(Answer(std::move(user)))},
                 {"last", "Was it the last one?", Shape::Boolean()},
                 {"settings", "Were the settings brought back with it?", Shape::Boolean()}});
}

namespace {

Shape StaleUser() {
  return Answer(
      {{"username", "The name in the vault.", Shape::String()},
       {"uid", "The uid that it had when it enrolled.", Id()},
       {"state",
        "gone: the system knows neither. other_uid: the name is another user's now. renamed: the"
        " uid has another name now.",
        Shape::Enum({"gone", "other_uid", "renamed"})},
       {"new_username", "renamed: the name of this uid now; else null.",
        Shape::Nullable(Shape::String())},
       {"new_uid", "other_uid: the uid of this name now; else null.", Shape::Nullable(Id())},
       {"new_configured", "Has the user of that name or uid a second factor of its own?",
        Shape::Boolean()},
       {"devices", "How many devices are kept.", Shape::Integer({.least = 0})},
       {"first_seen",
        "Since when it is known that the user is gone, in seconds since 1970; null: not yet noted.",
        Shape::Nullable(Shape::Integer())},
       {"days_left", "After how many days it may be removed; null: not by itself.",
        Shape::Nullable(Shape::Integer({.least = 0}))},
       {"removed", "Was it removed by this call?", Shape::Boolean()}});
}

std::vector<Shape::Field> StaleFields() {
  const Shape unanswered = Answer({{"username", "The name in the vault.", Shape::String()},
                                   {"uid", "The uid that it had when it enrolled.", Id()},
                                   {"reason", "What did not answer.", Shape::String()}});
  return {{"stale", "Users whom the system no longer knows as these.", Shape::Array(StaleUser())},
          {"unanswered", "Users of whom it could not be told; they count as known.",
           Shape::Array(unanswered)},
          {"looked_at", "How many users were looked at.", Shape::Integer({.least = 0})},
          {"next", "Where to go on; null: these were the last ones.",
           Shape::Nullable(Shape::String())}};
}

}  // namespace

Shape StaleFactors() { return Answer(StaleFields()); }

Shape UpkeepDone() {
  auto fields = StaleFields();
  fields.push_back({"keys", "How many keys of backups were removed of which no code is left.",
                    Shape::Integer({.least = 0})});
  return Answer(std::move(fields));
}

Shape RemovedStaleFactors() {
  return Shape::Array(
      Answer({{"username", "The name.", Shape::String()},
              {"uid", "The uid that it had.", Id()},
              {"outcome", "known: the system knows the user. unanswered: it could not be told.",
               Shape::Enum({"removed", "known", "unanswered"})}}));
}

Shape RenamedUser() {
  return Answer(
      {{"devices", "How many devices have the new name now.", Shape::Integer({.least = 1})},
       {"lost_recovery_codes",
        "Were there recovery codes? They are hashed with the old name, and are gone.",
        Shape::Boolean()}});
}

Shape RekeyStarted() {
  return Answer({{"key", "The new key: 64 hexadecimal digits.", Shape::String()},
                 {"resumed", "Was this change under way already?", Shape::Boolean()},
                 {"secrets", "How many secrets there are.", Shape::Integer({.least = 0})}});
}

Shape RekeyPart() {
  return Answer({{"secrets", "How many secrets were looked at.", Shape::Integer({.least = 0})},
                 {"last", "Were they the last ones?", Shape::Boolean()}});
}

Shape PamState() {
  return Answer(
      {{"state", "Has the user a second factor, and is it asked for?",
        NamesOf({FactorState::kConfigured, FactorState::kAbsent, FactorState::kDisabled})},
       {"digits", "How many digits the user's codes have, each number once.",
        Shape::Array(Shape::Integer({.least = kMinDigits, .most = kMaxDigits}))},
       {"off_until",
        "Where it is switched off for this user for a while: until when, in seconds since 1970.",
        Shape::Nullable(Shape::Integer())}});
}

Shape PamVerification() {
  return Answer({{"outcome", "What came of the code.",
                  NamesOf({VerifyOutcome::kGranted, VerifyOutcome::kWrong, VerifyOutcome::kReplayed,
                           VerifyOutcome::kBeforeBirth, VerifyOutcome::kThrottled,
                           VerifyOutcome::kNoFactor})},
                 {"wait", "For how many seconds no code is taken.", Seconds()},
                 {"digits", "How many digits the right code had; 0 where none was.",
                  Shape::Integer({.least = 0, .most = kMaxDigits})},
                 {"generation", "Of the device whose code it was; 0 where there is none.",
                  Shape::Integer({.least = 0, .most = std::numeric_limits<std::uint32_t>::max()})},
                 {"recovery_codes_left", "How many are left, where one was used.",
                  Shape::Nullable(Shape::Integer({.least = 0}))},
                 {"known_origin", "Did the user log in from this origin before?", Shape::Boolean()},
                 {"charged", "The devices that the attempt was charged to, a bit each.",
                  Shape::Integer({.least = 0, .most = std::numeric_limits<DeviceSet>::max()})}});
}

Shape PamGrace() {
  return Answer({{"granted", "Need this login not be asked?", Shape::Boolean()}});
}

Shape PamEnrollment() {
  return Answer(
      {{"provisioning_uri", "The otpauth URI of the new secret.", Shape::String()},
       {"secret", "The secret in Base32, in groups of four for typing.", Shape::String()},
       {"qr",
        "The URI as a QR picture of half blocks, light ones drawn, at most 80 columns; null where"
        " it needs more.",
        Shape::Nullable(Shape::String())},
       {"otp_digits", "How many digits a code has.",
        Shape::Integer({.least = kMinDigits, .most = kMaxDigits})},
       {"interval", "For how many seconds a code holds.", Shape::Integer({.least = 1})},
       {"days_left",
        "For how many days, begun ones included, logins go on without; null without grace_days.",
        Shape::Nullable(Shape::Integer({.least = 0}))}});
}

Shape PamEnrollmentEnd() {
  return Answer({{"outcome", "Is the secret in force, or was the code not one of it?",
                  Shape::Enum({"enrolled", "wrong"})}});
}

}  // namespace twofactor::results
