#include "common/otp/code.h"
#include "helperd/twofactord/api/methods.h"

namespace twofactor::methods {
namespace {

nlohmann::json Describe(const ListedDevice& device) {
  const DeviceInfo& info = device.info;
  return {{"id", info.device},
          {"label", info.label},
          {"type", NameOf(info.kind)},
          {"algorithm", AlgorithmName(info.parameters.algorithm)},
          {"otp_digits", info.parameters.digits},
          {"interval", info.parameters.interval.count()},
          {"created", info.created.time_since_epoch().count()},
          {"failures", device.failures},
          {"wait", device.wait.count()},
          {"failures_at_known_origins", device.failures_at_known},
          {"wait_at_known_origins", device.wait_at_known.count()}};
}

}  // namespace

void ListDevices(const CallPtr& call, const ViewPermit& permit) {
  const Account& target = permit.target();
  const auto describe = [call, target](const ListedDevices& listed) {
    auto devices = nlohmann::json::array();
    for (const ListedDevice& device : listed.devices) {
      devices.push_back(Describe(device));
    }
    const auto& left = listed.recovery_codes_left;
    const auto bypass = call->services.store.FindBypass(target);
    return nlohmann::json{{"devices", std::move(devices)},
                          {"recovery_codes_left", left ? nlohmann::json(*left) : nlohmann::json()},
                          {"bypass", bypass ? DescribeBypass(*bypass) : nlohmann::json()}};
  };
  call->services.store.ListDevices(target, AnswerWith(call, describe));
}

void RenameDevice(const CallPtr& call, const RenewalPermit& permit) {
  call->services.store.RenameDevice(permit, call->params[1].get<std::uint32_t>(),
                                    call->params[2].get<std::string>(), AnswerWith(call));
}

void RemoveDevice(const CallPtr& call, const RenewalPermit& permit) {
  call->services.store.RemoveDevice(permit, call->params[1].get<std::uint32_t>(), AnswerWith(call));
}

void ResyncDevice(const CallPtr& call, const VerificationPermit& permit) {
  call->services.store.ResyncDevice(permit, call->params[1].get<std::uint32_t>(),
                                    ParseCode(call->params[2].get_ref<const std::string&>()),
                                    ParseCode(call->params[3].get_ref<const std::string&>()),
                                    AnswerWith(call));
}

void RenewRecoveryCodes(const CallPtr& call, const RenewalPermit& permit) {
  const auto describe = [](const std::vector<SecretBytes>& codes) {
    auto shown = nlohmann::json::array();
    for (const SecretBytes& code : codes) {
      shown.push_back(InGroups(code));
    }
    return nlohmann::json{{"recovery_codes", std::move(shown)}};
  };
  call->services.store.RenewRecoveryCodes(permit, AnswerWith(call, describe));
}

void ClearThrottle(const CallPtr& call, const AdministrationPermit& permit) {
  FindAccount(call, call->params[0].get<std::string>(), [call, permit](const Account& account) {
    AnswerWith(call)(call->services.store.ClearThrottle(permit, account.name));
  });
}

}  // namespace twofactor::methods
