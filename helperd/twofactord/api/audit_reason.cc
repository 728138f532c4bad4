#include "helperd/twofactord/api/audit_reason.h"

#include <string_view>

namespace twofactor {
namespace {

using nlohmann::json;

// Longer than any name that a user can have, and short enough to leave room for the outcome.
constexpr std::size_t kMaxTargetBytes = 256;

constexpr const char* kWrong = "wrong";

std::string_view WhyWrong(VerifyOutcome outcome) {
  switch (outcome) {
    case VerifyOutcome::kReplayed:
      return "the code was used before";
    case VerifyOutcome::kBeforeBirth:
      return "codes from before the restart are not accepted";
    case VerifyOutcome::kNoFactor:
      return "no second factor is set up";
    case VerifyOutcome::kGranted:
    case VerifyOutcome::kWrong:
    case VerifyOutcome::kThrottled:
      break;
  }
  return "";
}

std::string TextOf(const json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, json::error_handler_t::replace);
}

void Append(std::string& list, const std::string& item) {
  list += (list.empty() ? "" : ", ") + item;
}

}  // namespace

std::string NamedTarget(const Parameters& parameters, const json& params) {
  for (std::size_t i = 0; i < parameters.size() && i < params.size(); ++i) {
    if (parameters[i].name == "username" && params[i].is_string()) {
      return params[i].get_ref<const std::string&>().substr(0, kMaxTargetBytes);
    }
  }
  return {};
}

std::string NamedOptions(const Parameters& parameters, const json& params) {
  for (std::size_t i = 0; i < parameters.size() && i < params.size(); ++i) {
    if (parameters[i].name == "twofactor_options") {
      return ListMembers(params[i]);
    }
  }
  return {};
}

void StateAttempt(Call& call, const Verification& verification) {
  switch (verification.outcome) {
    case VerifyOutcome::kGranted:
      return;
    case VerifyOutcome::kThrottled:
      call.outcome = "throttled";
      call.reason =
          "no code is accepted for " + std::to_string(verification.wait.count()) + " seconds";
      return;
    case VerifyOutcome::kWrong:
    case VerifyOutcome::kReplayed:
    case VerifyOutcome::kBeforeBirth:
    case VerifyOutcome::kNoFactor:
      call.outcome = kWrong;
      call.reason = WhyWrong(verification.outcome);
  }
}

void StateWrongCode(Call& call) {
  call.outcome = kWrong;
  call.reason = "not a current code of the new secret";
}

std::string ListMembers(const json& object) {
  std::string list;
  for (const auto& [name, value] : object.items()) {
    Append(list, name + "=" + TextOf(value));
  }
  return list;
}

std::string ListChanges(const json& before, const json& after) {
  const json old = before.flatten();
  const json now = after.flatten();
  std::string list;
  for (const auto& [pointer, value] : now.items()) {
    if (old.contains(pointer) && old[pointer] == value) {
      continue;
    }
    std::string name = pointer.substr(1);
    for (char& character : name) {
      character = character == '/' ? '.' : character;
    }
    Append(list, name + ": " + TextOf(old.value(pointer, json())) + " -> " + TextOf(value));
  }
  return list.empty() ? "nothing changed" : list;
}

}  // namespace twofactor
