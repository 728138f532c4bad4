#include "helperd/twofactord/api_docs/reference_differences.h"

namespace twofactor {

const std::vector<ReferenceDifference>& ReferenceDifferences() {
  static const std::vector<ReferenceDifference> kDifferences = {
      {"username", "type is string pattern=^[^\\u0000]*$ minLength=1 maxLength=112",
       "The stores have room for names of 112 bytes, and a user name contains no NUL."},
      {"twofactor_options.interval", "type is integer minimum=5 maximum=86400",
       "A code that is valid for longer than a day is a password."},
      {"UserRenew2faSecretResult.uid", "type is integer minimum=0 maximum=4294967294",
       "The daemon accepts no value that is not a uid on Linux."},
      {"UserRenew2faSecretResult.username", "type is string minLength=1",
       "The reference has one form for names of local users and one for names of directory users."
       " A form that is never empty fits both."},
      {"UserRenew2faSecretResult.userns_idmap", "description",
       "TrueNAS ignores the field for some of its roles. Those roles do not exist here."},
      {"UserRenew2faSecretResult.group",
       "type is closed object of id, bsdgrp_gid, bsdgrp_group, bsdgrp_builtin",
       "The reference does not say what the object contains."},
      {"UserRenew2faSecretResult.groups", "type is array of integer minimum=0 maximum=4294967294",
       "The daemon accepts no value that is not a gid on Linux."},
      {"UserRenew2faSecretResult.groups", "description",
       "The reference describes access to SMB shares here, which is another field."},
      {"UserRenew2faSecretResult.password_history",
       "type is array of closed object of hash | null | const \"********\"",
       "The reference does not say what an object of the history contains. If the caller may not"
       " see the hashes, eight asterisks replace all of them."},
  };
  return kDifferences;
}

}  // namespace twofactor
