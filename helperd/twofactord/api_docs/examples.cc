#include "helperd/twofactord/api_docs/examples.h"

#include <map>
#include <string>

#include "helperd/messages/date_time.h"
#include "helperd/twofactord/api/method_descriptions.h"
#include "helperd/twofactord/api/method_table.h"
#include "helperd/twofactord/api/user_entry_shape.h"

namespace twofactor {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// Everybody's secret: that of RFC 6238's test vectors.
constexpr const char* kUri =
    "otpauth://totp/Example:alice-host?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example";

// Lines of a backup, shortened.
constexpr const char* kBackupHeader =
    R"({"twofactor_backup":1,"id":"0123456789abcdef0123456789abcdef","created":1709251200,)"
    R"("host":"host","users":12,"kdf":{"name":"scrypt","n":65536,"r":8,"p":2,"salt":"…"},)"
    R"("check":"…"})";
constexpr const char* kBackupPart = R"({"chunk":0,"last":true,"sealed":"…"})";

json Config(const json& uri) {
  return {
      {"provisioning_uri", uri}, {"secret_configured", true}, {"interval", 30}, {"otp_digits", 6}};
}

// alice, as she sees herself.
json Alice(const json& uri) {
  json alice = json::parse(R"({"id": 1000, "uid": 1000, "username": "alice",
    "unixhash": "********", "smbhash": null, "home": "/home/alice", "shell": "/bin/bash",
    "full_name": "Alice Example", "builtin": false, "smb": false, "userns_idmap": null,
    "group": {"id": 1000, "bsdgrp_gid": 1000, "bsdgrp_group": "alice", "bsdgrp_builtin": false},
    "groups": [27, 100], "password_disabled": false, "ssh_password_enabled": true,
    "sshpubkey": null, "locked": false, "sudo_commands": ["ALL"], "sudo_commands_nopasswd": [],
    "email": "alice@example.org", "id_type_both": false, "local": true, "immutable": false,
    "twofactor_auth_configured": true, "sid": null,
    "last_password_change": {"$date": 1709164800000}, "password_age": 12,
    "password_history": "********", "password_change_required": false, "roles": [],
    "api_keys": []})");
  alice["twofactor_config"] = Config(uri);
  return alice;
}

json Me() {
  json me = json::parse(R"({"pw_name": "alice", "pw_uid": 1000, "pw_gid": 1000,
    "pw_gecos": "Alice Example,,,", "pw_dir": "/home/alice", "pw_shell": "/bin/bash",
    "grouplist": [27, 100, 1000], "local": true, "source": "LOCAL", "sid": null, "attributes": {},
    "account_attributes": ["LOCAL", "2FA"], "privilege": {"roles": [], "allowlist": [],
    "web_shell": false, "webui_access": false}, "roles": [], "authenticated": true})");
  me["two_factor_config"] = Config(nullptr);
  return me;
}

json Devices() {
  return json::parse(R"({"devices": [{"id": 0, "label": "phone", "type": "TOTP",
    "algorithm": "SHA1", "otp_digits": 6, "interval": 30, "created": 1709164800, "failures": 0,
    "wait": 0, "failures_at_known_origins": 0, "wait_at_known_origins": 0}], "recovery_codes_left": 9, "bypass": null})");
}

json Stale(bool upkeep) {
  json stale = json::parse(R"({"stale": [{"username": "alice", "uid": 1000, "state": "renamed",
    "new_username": "alicia", "new_uid": null, "new_configured": false, "devices": 1,
    "first_seen": 1709164800, "days_left": 29, "removed": false}],
    "unanswered": [{"username": "bob", "uid": 1001,
                    "reason": "the source 'ldap' of nsswitch.conf: look a user up: no answer"}],
    "looked_at": 12, "next": null
})");
  if (upkeep) {
    stale["keys"] = 0;
  }
  return stale;
}

json PingAlone() { return {{"core.ping", json(DescribeMethods("core")["core.ping"])}}; }

json Group() {
  return json::parse(R"({"id": 1001, "gid": 1001, "name": "staff", "builtin": false,
    "sudo_commands": [], "sudo_commands_nopasswd": [], "smb": false, "userns_idmap": null,
    "group": "staff", "id_type_both": false, "local": true, "sid": null, "roles": [],
    "users": [1000, 1001]})");
}

json SystemFacts() {
  json facts = json::parse(R"({"version": "twofactor-0.1.0", "buildtime": null,
    "hostname": "host", "physmem": 4109131776, "model": "", "cores": 2, "physical_cores": 2,
    "loadavg": [0.25, 0.5, 0.5], "uptime": "2 days, 3:04:05", "uptime_seconds": 183845.0,
    "system_serial": null, "system_product": "twofactor", "system_product_version": "0.1.0",
    "license": null, "timezone": "Europe/Berlin", "system_manufacturer": null,
    "ecc_memory": false})");
  facts["boottime"] = DateTimeJson(1709067355000);
  facts["datetime"] = DateTimeJson(1709251200000);
  return facts;
}

json Settings(bool ssh) {
  return {{"id", 1}, {"enabled", true}, {"window", 1}, {"services", {{"ssh", ssh}}}};
}

std::map<std::string, Example, std::less<>> MakeExamples() {
  const ordered_json none = ordered_json::array();
  const ordered_json alice = ordered_json::array({"alice"});
  const auto params = [](const char* text) { return ordered_json::parse(text); };
  const json health = json::parse(R"({"key": "credential", "users": 12, "live_store": "kept",
    "birth": 1709164800, "birth_wait": 0, "now": 1709251200, "clock_set_back": 0,
    "devices_ahead": 0, "longest_wait": 0, "rekey_under_way": false, "problems": []})");
  const json success = {
      {"response_type", "SUCCESS"}, {"user_info", Me()}, {"authenticator", "LEVEL_1"}};
  const json granted = {{"outcome", "granted"},
                        {"wait", 0},
                        {"digits", 6},
                        {"generation", 7},
                        {"recovery_codes_left", nullptr},
                        {"known_origin", true},
                        {"charged", 0}};
  const json bypass = json::parse(R"({"username": "alice", "uid": 1000, "since": 1709204400,
    "until": 1709208000, "by_uid": 0, "by": "root", "reason": "lost phone"})");
  json recovered = granted;
  recovered["recovery_codes_left"] = 9;
  return {
      {"core.ping", {none, "pong"}},
      {"core.set_options", {params(R"([{"legacy_jobs": false}])"), nullptr}},
      {"core.get_methods", {none, PingAlone()}},
      {"core.get_services",
       {none, {{"core", DescribeServices()["core"]}, {"user", DescribeServices()["user"]}}}},
      {"core.get_jobs", {none, json::array()}},
      {"core.subscribe", {params(R"(["user.query"])"), "1"}},
      {"core.unsubscribe", {params(R"(["1"])"), nullptr}},
      {"core.health", {none, health}},
      {"auth.me", {none, Me()}},
      {"auth.login_ex_continue",
       {params(R"([{"mechanism": "OTP_TOKEN", "otp_token": "287082"}])"), success}},
      {"auth.login_ex",
       {params(R"([{"mechanism": "PASSWORD_PLAIN", "username": "alice", "password": "…"}])"),
        {{"response_type", "DENIED"},
         {"reason",
          "only codes are accepted (OTP_TOKEN); the kernel tells the daemon who the caller is"}}}},
      {"auth.mechanism_choices", {none, json::array({"OTP_TOKEN"})}},
      {"auth.logout", {none, true}},
      {"system.version", {none, "twofactor-0.1.0"}},
      {"system.hostname", {none, "host"}},
      {"system.info", {none, SystemFacts()}},
      {"user.renew_2fa_secret",
       {params(R"(["alice", {"otp_digits": 6, "interval": 30}])"), Alice(kUri)}},
      {"user.start_2fa_enrollment", {params(R"(["alice", {}])"), Alice(kUri)}},
      {"user.finish_2fa_enrollment", {params(R"(["alice", "287082"])"), Alice(kUri)}},
      {"user.list_2fa_devices", {alice, Devices()}},
      {"user.rename_2fa_device", {params(R"(["alice", 0, "new phone"])"), nullptr}},
      {"user.remove_2fa_device", {params(R"(["alice", 1])"), nullptr}},
      {"user.resync_2fa_device", {params(R"(["alice", 0, "287082", "359152"])"), nullptr}},
      {"user.renew_recovery_codes",
       {alice, json::parse(R"({"recovery_codes": ["abcd-efgh-jkmn", "pqrs-tuvw-xyz2"]})")}},
      {"user.clear_2fa_throttle", {alice, true}},
      {"user.set_2fa_bypass",
       {params(R"(["alice", {"seconds": 3600, "reason": "lost phone"}])"), bypass}},
      {"user.end_2fa_bypass", {alice, true}},
      {"user.list_2fa_bypasses", {none, json::array({bypass})}},
      {"user.import_2fa_devices",
       {params(R"([[{"username": "alice", "uid": 1000, "devices": [{"type": "TOTP",
                     "secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}]}], {"dry_run": true}])"),
        json::parse(R"([{"username": "alice", "outcome": "would_import", "reason": ""}])")}},
      {"backup.start",
       {params(R"(["correct horse battery staple"])"), {{"header", kBackupHeader}, {"users", 12}}}},
      {"backup.next", {none, {{"part", kBackupPart}, {"last", true}, {"users", 12}}}},
      {"restore.start",
       {ordered_json::array({kBackupHeader, "correct horse battery staple", {{"dry_run", true}}}),
        json::parse(R"({"id": "0123456789abcdef0123456789abcdef", "created": 1709251200,
                        "host": "host", "users": 12})")}},
      {"restore.next",
       {ordered_json::array({kBackupPart}),
        json::parse(
            R"({"users": [{"username": "alice", "outcome": "would_import", "reason": "", "uses_unknown": false}],
                        "last": true, "settings": false})")}},
      {"twofactor.stale_factors", {none, Stale(false)}},
      {"twofactor.remove_stale_factors",
       {params(R"([[{"username": "alice", "uid": 1000}]])"),
        json::parse(R"([{"username": "alice", "uid": 1000, "outcome": "removed"}])")}},
      {"twofactor.rename_user",
       {params(R"(["alice", "alicia"])"), {{"devices", 2}, {"lost_recovery_codes", true}}}},
      {"twofactor.accept_time", {params(R"([{"username": "alice"}])"), {{"devices", 1}}}},
      {"twofactor.upkeep", {none, Stale(true)}},
      {"rekey.start",
       {params(R"(["00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"])"),
        json::parse(R"({"key":
                        "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100",
                        "resumed": false, "secrets": 12})")}},
      {"rekey.next", {none, json::parse(R"({"secrets": 12, "last": true})")}},
      {"rekey.finish",
       {params(R"(["ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"])"),
        nullptr}},
      {"user.unset_2fa_secret", {alice, nullptr}},
      {"user.twofactor_config", {alice, Config(nullptr)}},
      {"user.verify_twofactor_token", {params(R"(["alice", "287082"])"), true}},
      {"user.shell_choices", {none, {{"/bin/sh", "sh"}, {"/usr/bin/bash", "bash"}}}},
      {"user.query",
       {params(R"([[["twofactor_auth_configured", "=", false], ["username", "~", "a|b"]],
                   {"select": ["username", "group.bsdgrp_group"], "order_by": ["-uid"]}])"),
        json::parse(R"([{"username": "bob", "group": {"bsdgrp_group": "staff"}}])")}},
      {"user.get_instance", {params("[1000]"), Alice(nullptr)}},
      {"group.query", {params(R"([[["name", "=", "staff"]]])"), json::array({Group()})}},
      {"group.get_instance", {params(R"(["staff"])"), Group()}},
      {"auth.twofactor.config", {none, Settings(true)}},
      {"auth.twofactor.update", {params(R"([{"services": {"ssh": false}}])"), Settings(false)}},
      {"pam.state",
       {params(R"(["alice", 1000, "swaylock"])"),
        {{"state", "configured"}, {"digits", json::array({6})}, {"off_until", nullptr}}}},
      {"pam.verify", {params(R"(["alice", 1000, "swaylock", ["287082"], true])"), granted}},
      {"pam.consume", {params(R"(["alice", 1000, "sshd", ["abcdefghjkmn"], true])"), recovered}},
      {"pam.grace", {params(R"(["alice", 1000, "host:192.0.2.7", 600])"), {{"granted", true}}}},
      {"pam.note_login", {params(R"(["alice", 1000, "host:192.0.2.7", 7])"), nullptr}},
      {"pam.note_origin", {params(R"(["alice", 1000, "host:192.0.2.7"])"), nullptr}},
      {"pam.start_enrollment",
       {params(R"(["alice", 1000, "login", {"grace_days": 7}])"),
        {{"provisioning_uri", kUri},
         {"secret", "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"},
         {"qr", nullptr},
         {"otp_digits", 6},
         {"interval", 30},
         {"days_left", 7}}}},
      {"pam.finish_enrollment",
       {params(R"(["alice", 1000, "287082"])"), {{"outcome", "enrolled"}}}},
  };
}

}  // namespace

const Example* ExampleOf(std::string_view method) {
  static const auto kExamples = MakeExamples();
  const auto found = kExamples.find(method);
  return found == kExamples.end() ? nullptr : &found->second;
}

}  // namespace twofactor
