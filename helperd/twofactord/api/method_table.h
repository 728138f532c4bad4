#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_TABLE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_TABLE_H_

#include <string>
#include <string_view>
#include <vector>

#include "helperd/twofactord/api/methods.h"
#include "helperd/twofactord/api/parameters.h"

namespace twofactor {

// Who may call a method at all; what it does for whom is decided by the permits that its handler
// needs.
enum class Access {
  kUnidentified,  // Any peer, without its being looked up.
  kAnyone,        // Any peer.
  kAdmins,        // FULL_ADMIN and READONLY_ADMIN.
  kFullAdmin,     // FULL_ADMIN.
};

// One row of the attack surface: what is not in the table does not exist.
struct Method {
  std::string_view name;
  Access access;
  std::string_view description;
  Parameters parameters;
  Shape result;
  // What the handler itself may refuse with, beside the faults of a machine (kInternal, kCorrupt).
  std::vector<ErrorCode> errors;
  void (*handler)(const CallPtr& call);
};

const std::vector<Method>& MethodTable();
// Null for a method that does not exist.
const Method* FindMethod(std::string_view name);
// Everything that a call may be refused with: by the handler, or on its way there.
std::vector<ErrorCode> ErrorsOf(const Method& method);
// The roles of which a caller must hold one; empty: none is needed.
std::vector<std::string> RolesFor(Access access);
// Whether a caller with these roles may call a method of this access.
bool MayCall(Access access, const Caller& caller);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_TABLE_H_
