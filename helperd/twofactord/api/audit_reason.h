#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_AUDIT_REASON_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_AUDIT_REASON_H_

#include <nlohmann/json.hpp>
#include <string>

#include "helperd/twofactord/api/call.h"
#include "helperd/twofactord/api/parameters.h"

// What else the audit line of a call says: the user it names, what it changes, and what came of a
// code. Nothing secret.
namespace twofactor {

// The call's parameter "username", truncated to a limit; empty if it has none.
std::string NamedTarget(const Parameters& parameters, const nlohmann::json& params);

// Lists the members of the call's parameter "twofactor_options", which fits its schema; empty if it
// has none.
std::string NamedOptions(const Parameters& parameters, const nlohmann::json& params);

// Notes in the call's audit line what came of a code: nothing for an accepted one, otherwise
// "wrong" or "throttled", with the reason.
void StateAttempt(Call& call, const Verification& verification);
// The same for a code that does not match a new secret.
void StateWrongCode(Call& call);

// "interval=60, label=phone, otp_digits=8": an object's members.
std::string ListMembers(const nlohmann::json& object);
// "enabled: true -> false, services.ssh: false -> true": the members of two objects that differ.
std::string ListChanges(const nlohmann::json& before, const nlohmann::json& after);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_AUDIT_REASON_H_
