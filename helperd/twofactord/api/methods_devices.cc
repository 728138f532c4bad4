#include "common/otp/code.h"
#include "helperd/twofactord/api/methods.h"

namespace twofactor::methods {
namespace {

FactorStore::Done<void> AnswerNull(const CallPtr& call) {
  return [call](const Result<void>& done) {
    if (!done) {
      call->Refuse(done.error());
      return;
    }
    call->Answer(nullptr);
  };
}

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
  call->services.store.ListDevices(
      permit.target(), [call, account = permit.target()](const Result<ListedDevices>& listed) {
        if (!listed) {
          call->Refuse(listed.error());
          return;
        }
        auto devices = nlohmann::json::array();
        for (const ListedDevice& device : listed->devices) {
          devices.push_back(Describe(device));
        }
        const auto& left = listed->recovery_codes_left;
        const auto bypass = call->services.store.FindBypass(account);
        call->Answer({{"devices", std::move(devices)},
                      {"recovery_codes_left", left ? nlohmann::json(*left) : nlohmann::json()},
                      {"bypass", bypass ? DescribeBypass(*bypass) : nlohmann::json()}});
      });
}

void RenameDevice(const CallPtr& call, const RenewalPermit& permit) {
  call->services.store.RenameDevice(permit, call->params[1].get<std::uint32_t>(),
                                    call->params[2].get<std::string>(), AnswerNull(call));
}

void RemoveDevice(const CallPtr& call, const RenewalPermit& permit) {
  call->services.store.RemoveDevice(permit, call->params[1].get<std::uint32_t>(), AnswerNull(call));
}

void ResyncDevice(const CallPtr& call, const VerificationPermit& permit) {
  call->services.store.ResyncDevice(permit, call->params[1].get<std::uint32_t>(),
                                    ParseCode(call->params[2].get_ref<const std::string&>()),
                                    ParseCode(call->params[3].get_ref<const std::string&>()),
                                    AnswerNull(call));
}

void RenewRecoveryCodes(const CallPtr& call, const RenewalPermit& permit) {
  call->services.store.RenewRecoveryCodes(permit,
                                          [call](const Result<std::vector<SecretBytes>>& codes) {
                                            if (!codes) {
                                              call->Refuse(codes.error());
                                              return;
                                            }
                                            auto shown = nlohmann::json::array();
                                            for (const SecretBytes& code : *codes) {
                                              shown.push_back(InGroups(code));
                                            }
                                            call->Answer({{"recovery_codes", std::move(shown)}});
                                          });
}

void ClearThrottle(const CallPtr& call, const AdministrationPermit& permit) {
  FindAccount(call, call->params[0].get<std::string>(), [call, permit](const Account& account) {
    const auto cleared = call->services.store.ClearThrottle(permit, account.name);
    if (!cleared) {
      call->Refuse(cleared.error());
      return;
    }
    call->Answer(*cleared);
  });
}

}  // namespace twofactor::methods
