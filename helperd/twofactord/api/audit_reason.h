#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_AUDIT_REASON_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_AUDIT_REASON_H_

#include <nlohmann/json.hpp>
#include <string>

#include "helperd/twofactord/api/call.h"
#include "helperd/twofactord/api/parameters.h"

// What the audit line of a call says beside the method: whom it names, what it changes, and what
// came of a code. Nothing secret.
namespace twofactor {

// Names the user in the call's parameter "username", cut to a bound; empty where there is none.
std::string NamedTarget(const Parameters& parameters, const nlohmann::json& params);

// States in the call's audit line what came of a code: nothing for a granted one, else "wrong" or
// "throttled", with the reason.
void StateAttempt(Call& call, const Verification& verification);
// The same where a new secret's code was not one of it.
void StateWrongCode(Call& call);

// "interval=60, label=phone, otp_digits=8": an object's members.
std::string ListMembers(const nlohmann::json& object);
// "enabled: true -> false, services.ssh: false -> true": the members of two objects that differ.
std::string ListChanges(const nlohmann::json& before, const nlohmann::json& after);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_AUDIT_REASON_H_
