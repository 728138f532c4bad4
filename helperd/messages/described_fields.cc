#include "helperd/messages/described_fields.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr bool kRequired = true;

Shape Id() { return Shape::Integer({.least = 0, .most = kMaxUid}); }
Shape SomeText() { return Shape::String({.least = 1}); }
Shape TextOrNull() { return Shape::Nullable(Shape::String()); }

std::vector<Shape::Field> WhoFields() {
  return {
      {"id", "The uid of a user of /etc/passwd; of one from a directory, the uid and 100000000.",
       Shape::Integer(), kRequired},
      {"uid", "The user's uid.", Id(), kRequired},
      {"username", "The login name, as NSS writes it.", SomeText(), kRequired},
      {"unixhash",
       "The password's hash in shadow(5); null where there is none. `********` for whoever is not"
       " FULL_ADMIN, and for uid 0's where the caller is not uid 0.",
       TextOrNull(), kRequired},
      {"smbhash",
       "The NT hash in Samba's passdb, 32 hexadecimal digits; null without Samba. `********` for"
       " whoever is not FULL_ADMIN, and for uid 0's where the caller is not uid 0.",
       TextOrNull(), kRequired},
      {"home", "The home directory in passwd(5).", SomeText(), kRequired, "/var/empty"},
      {"shell", "Available choices can be retrieved with user.shell_choices. The one in passwd(5).",
       SomeText(), kRequired, "/usr/bin/zsh"},
      {"full_name", "The first part of passwd(5)'s GECOS field.", Shape::String(), kRequired},
      {"builtin", "Is the uid outside of UID_MIN to UID_MAX in /etc/login.defs?", Shape::Boolean(),
       kRequired},
      {"smb", "Has the user an account in Samba's passdb that is not disabled?", Shape::Boolean(),
       kRequired, true},
      {"userns_idmap",
       "Specifies the subuid mapping for this user. If DIRECT then the UID will be directly mapped"
       " to all containers. Alternatively, the target UID may be explicitly specified. If None,"
       " then the UID will not be mapped. From /etc/subuid: DIRECT where root may map the uid"
       " itself, the target uid where exactly one is mapped.",
       Shape::AnyOf({Shape::Constant("DIRECT"), Shape::Integer({.least = 1, .most = kMaxUid}),
                     Shape::Null()}),
       kRequired, json(nullptr)},
  };
}

std::vector<Shape::Field> GroupFields() {
  return {{"id", "The gid.", Id(), kRequired},
          {"bsdgrp_gid", "The gid.", Id(), kRequired},
          {"bsdgrp_group", "The group's name; its gid where it has none.", SomeText(), kRequired},
          {"bsdgrp_builtin", "Is the gid outside of GID_MIN to GID_MAX in /etc/login.defs?",
           Shape::Boolean(), kRequired}};
}

std::vector<Shape::Field> LoginFields() {
  return {
      {"group", "The primary group.", Shape::Object(GroupFields()), kRequired},
      {"groups", "The gids of the supplementary groups.", Shape::Array(Id()), kRequired},
      {"password_disabled", "Has shadow(5) no usable hash?", Shape::Boolean(), kRequired, false},
      {"ssh_password_enabled",
       "Required if password_disabled is false. True where sshd's configuration for this user lets"
       " passwords in, and there is a usable one.",
       Shape::Boolean(), kRequired, false},
      {"sshpubkey", "The user's authorized_keys; null where there are none.", TextOrNull(),
       kRequired, json(nullptr)},
      {"locked", "Is there a `!` before the hash (usermod -L), or has the account expired?",
       Shape::Boolean(), kRequired, false},
      {"sudo_commands",
       "What the user may run through sudo with a password, as sudoers(5) writes it, for whatever"
       " target user; `!` forbids.",
       Shape::Array(SomeText()), kRequired},
      {"sudo_commands_nopasswd", "The same without a password.", Shape::Array(SomeText()),
       kRequired},
      {"email", "emailAddress of the user record (userdbctl); null without.",
       Shape::Nullable(Shape::String({.rule = &kEmailRule})), kRequired, json(nullptr)},
      {"id_type_both", "Does winbind map the user's SID to a uid and a gid?", Shape::Boolean(),
       kRequired},
      {"local", "Is the user in /etc/passwd?", Shape::Boolean(), kRequired},
      {"immutable", "True for built-in users and for those of a directory.", Shape::Boolean(),
       kRequired},
  };
}

Shape PasswordHistory() {
  return Shape::Nullable(Shape::Array(
      Shape::Object({{"hash", "The hash as crypt(5) writes it.", Shape::String(), kRequired}})));
}

std::vector<Shape::Field> PasswordFields() {
  return {
      {"sid", "The SID in winbind or Samba's passdb; null without.", TextOrNull(), kRequired},
      {"last_password_change",
       "The date of the last password change for local user accounts. Shadow has the day.",
       Shape::Nullable(Shape::String({.rule = &kDateTimeRule})), kRequired},
      {"password_age",
       "The age in days of the password for local user accounts. It counts from shadow's day.",
       Shape::Nullable(Shape::Integer()), kRequired},
      {"password_history",
       "This contains hashes of the ten most recent passwords used by local user accounts, and is"
       " for enforcing password history requirements as defined in system.security. The last ten"
       " of /etc/security/opasswd, oldest first. `********` for whoever is not FULL_ADMIN,"
       " and for uid 0's where the caller is not uid 0.",
       PasswordHistory(), kRequired},
      {"password_change_required",
       "Password change for local user account is required on next login. Shadow's day is 0 then.",
       Shape::Boolean(), kRequired},
  };
}

std::vector<Shape::Field> FieldsOfGroups() {
  return {
      {"id", "The gid of a group of /etc/group; of one from a directory, the gid and 100000000.",
       Shape::Integer(), kRequired},
      {"gid", "The group's gid.", Id(), kRequired},
      {"name", "The group's name.", SomeText(), kRequired},
      {"builtin", "Is the gid outside of GID_MIN to GID_MAX in /etc/login.defs?", Shape::Boolean(),
       kRequired},
      {"sudo_commands", "What sudoers(5) lets every member run with a password; `!` forbids.",
       Shape::Array(SomeText()), kRequired},
      {"sudo_commands_nopasswd", "The same without a password.", Shape::Array(SomeText()),
       kRequired},
      {"smb", "False: groups of Samba's are not looked up.", Shape::Boolean(), kRequired},
      {"userns_idmap",
       "From /etc/subgid: DIRECT where root may map the gid itself, the target gid where exactly"
       " one is mapped, else null.",
       Shape::AnyOf({Shape::Constant("DIRECT"), Shape::Integer({.least = 1, .most = kMaxUid}),
                     Shape::Null()}),
       kRequired},
      {"group", "The same as name.", SomeText(), kRequired},
      {"id_type_both", "False: SIDs of groups are not looked up.", Shape::Boolean(), kRequired},
      {"local", "Is the group in /etc/group?", Shape::Boolean(), kRequired},
      {"sid", "Null: SIDs of groups are not looked up.", TextOrNull(), kRequired},
      {"users",
       "The ids of the users of /etc/passwd who are in the group, those whose primary one it is"
       " with them.",
       Shape::Array(Id()), kRequired},
      {"immutable", "True for built-in groups and for those of a directory.", Shape::Boolean(),
       kRequired},
  };
}

std::vector<Shape::Field> AllFields() {
  std::vector<Shape::Field> fields = WhoFields();
  for (auto&& more : {LoginFields(), PasswordFields()}) {
    fields.insert(fields.end(), more.begin(), more.end());
  }
  return fields;
}

}  // namespace

const std::vector<Shape::Field>& GroupEntryFields() {
  static const std::vector<Shape::Field> kFields = FieldsOfGroups();
  return kFields;
}

const std::vector<Shape::Field>& DescribedFields() {
  static const std::vector<Shape::Field> kFields = AllFields();
  return kFields;
}

}  // namespace twofactor
