#include "helperd/twofactord/api_docs/reference_differences.h"

namespace twofactor {

const std::vector<ReferenceDifference>& ReferenceDifferences() {
  static const std::vector<ReferenceDifference> kDifferences = {
      {"username", "type is string pattern=^[^\\u0000]*$ minLength=1 maxLength=112",
       "The stores have room for names of 112 bytes, and names of users hold no NUL."},
      {"twofactor_options.interval", "type is integer minimum=5 maximum=86400",
       "A code that holds for longer than a day is a password."},
      {"UserRenew2faSecretResult.uid", "type is integer minimum=0 maximum=4294967294",
       "What is not a uid of Linux is taken from no source."},
      {"UserRenew2faSecretResult.username", "type is string minLength=1",
       "The reference has a form for the names of local users and one for those of a directory;"
       " one form that is never empty fits both."},
      {"UserRenew2faSecretResult.userns_idmap", "description",
       "There are no TrueNAS roles here for which the field would be ignored."},
      {"UserRenew2faSecretResult.group",
       "type is closed object of id, bsdgrp_gid, bsdgrp_group, bsdgrp_builtin",
       "The reference leaves open what the object holds."},
      {"UserRenew2faSecretResult.groups", "type is array of integer minimum=0 maximum=4294967294",
       "What is not a gid of Linux is taken from no source."},
      {"UserRenew2faSecretResult.groups", "description",
       "The reference's words here are about access to SMB shares, which is another field."},
      {"UserRenew2faSecretResult.password_history",
       "type is array of closed object of hash | null | const \"********\"",
       "The reference leaves open what an object of the history holds; and where the caller may not"
       " see the hashes, eight asterisks stand for all of them."},
  };
  return kDifferences;
}

}  // namespace twofactor
