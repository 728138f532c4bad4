#include <optional>
#include <utility>
#include <vector>

#include "common/otp/base32.h"
#include "common/otp/code.h"
#include "helperd/twofactord/api/methods.h"

namespace twofactor::methods {
namespace {

using nlohmann::json;

Result<ImportedDevice> DeviceFrom(const json& given) {
  auto secret = DecodeBase32(given["secret"].get_ref<const std::string&>());
  if (!secret) {
    return Fail(secret.error());
  }
  if (secret->empty() || secret->size() > kMaxSecretBytes) {
    return Fail(ErrorCode::kInvalidParams, "a secret must have 1 to 64 bytes");
  }
  const OtpParameters usual;
  const auto algorithm = AlgorithmNamed(given.value("algorithm", "SHA1"));
  return ImportedDevice{
      .kind = *DeviceKindNamed(given["type"].get_ref<const std::string&>()),
      .parameters = {algorithm.value_or(usual.algorithm), given.value("otp_digits", usual.digits),
                     std::chrono::seconds(given.value("interval", usual.interval.count()))},
      .secret = std::move(*secret),
      .label = given.value("label", ""),
      .counter = given.value("counter", HotpCounter{0}),
      .first_step = given.value("first_step", TimeStep{0}),
      .skew = given.value("skew", 0)};
}

Result<ImportedUser> UserFrom(const json& given) {
  auto name = Username::Parse(given["username"].get_ref<const std::string&>());
  if (!name) {
    return Fail(name.error());
  }
  ImportedUser user{{std::move(*name), given["uid"].get<uid_t>()}, {}, {}};
  for (const json& one : given["devices"]) {
    auto device = DeviceFrom(one);
    if (!device) {
      return Fail(device.error());
    }
    user.devices.push_back(std::move(*device));
  }
  if (user.devices.empty()) {
    return Fail(ErrorCode::kInvalidParams, "the user has no device");
  }
  for (const json& one : given.value("recovery_codes", json::array())) {
    auto code = ParseRecoveryCode(one.get_ref<const std::string&>());
    if (code.empty()) {
      return Fail(ErrorCode::kInvalidParams,
                  "a recovery code must have 8 digits or the form xxxx-xxxx-xxxx");
    }
    user.recovery_codes.push_back(std::move(code));
  }
  return user;
}

// Answers every entry: with its refusal, or else with the store's next answer.
json AnswerFor(const json& given, const std::vector<std::optional<Error>>& refusals,
               const std::vector<ImportAnswer>& outcomes) {
  json answers = json::array();
  auto next = outcomes.begin();
  for (std::size_t i = 0; i < refusals.size(); ++i) {
    const auto& refusal = refusals[i];
    const ImportAnswer answer =
        refusal ? ImportAnswer{ImportOutcome::kRefused, refusal->message()} : *next++;
    answers.push_back({{"username", given[i]["username"]},
                       {"outcome", NameOf(answer.outcome)},
                       {"reason", answer.reason}});
  }
  return answers;
}

}  // namespace

void ImportDevices(const CallPtr& call, const AdministrationPermit& permit) {
  const json& given = call->params[0];
  const json options = call->params.size() > 1 ? call->params[1] : json::object();
  std::vector<ImportedUser> users;
  std::vector<std::optional<Error>> refusals;
  for (const json& one : given) {
    auto user = UserFrom(one);
    refusals.push_back(user ? std::nullopt : std::optional(user.error()));
    if (user) {
      users.push_back(std::move(*user));
    }
  }
  call->services.store.Import(
      permit, std::move(users),
      {.dry_run = options.value("dry_run", false), .replace = options.value("replace", false)},
      AnswerWith(call, [call, refusals](const std::vector<ImportAnswer>& outcomes) {
        return AnswerFor(call->params[0], refusals, outcomes);
      }));
}

}  // namespace twofactor::methods
