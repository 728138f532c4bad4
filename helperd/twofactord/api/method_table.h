#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_TABLE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_TABLE_H_

#include <span>
#include <string_view>
#include <variant>

#include "helperd/twofactord/api/methods.h"
#include "helperd/twofactord/policy/access.h"
#include "helperd/twofactord/policy/permits.h"

namespace twofactor {

// Serves a call with the permit that the method's access gives.
template <typename... Permit>
using Handler = void (*)(const CallPtr& call, const Permit&... permit);

using AnyHandler =
    std::variant<Handler<>, Handler<OwnPermit>, Handler<ViewPermit>, Handler<VerificationPermit>,
                 Handler<LoginPermit>, Handler<RenewalPermit>, Handler<AdministrationPermit>,
                 Handler<RootPermit>>;

// One row of the attack surface: what is not in the table does not exist. What the method takes,
// answers and may fail with is beside it (method_contracts.h).
struct Method {
  std::string_view name;
  Access access;
  AnyHandler handler;
};

// Thread-safe.
std::span<const Method> MethodTable();
// Null for a method that does not exist.
const Method* FindMethod(std::string_view name);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_TABLE_H_
