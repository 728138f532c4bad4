#include "tests/unit/api/devices_fixture.h"

#include "common/otp/hotp.h"

namespace twofactor {

using nlohmann::json;

void DevicesFixture::Add(const std::string& label, DeviceKind kind) {
  const Peer root = Connect(0);
  const json options = {{"label", label}, {"type", NameOf(kind)}};
  const auto entry = Call(root, "user.start_2fa_enrollment", json::array({"alice", options}));
  ASSERT_TRUE(entry) << entry.error().message();
  Remember(label, *entry);
  const std::string code = kind == DeviceKind::kHotp ? HotpOf(label, 0) : CodeOf(label);
  const auto finished = Call(root, "user.finish_2fa_enrollment", json::array({"alice", code}));
  ASSERT_TRUE(finished) << finished.error().message();
}

std::string DevicesFixture::HotpOf(const std::string& label, HotpCounter counter) const {
  const auto code = GenerateHotp(SecretBytes::CopyOf(secrets_.at(label)), {}, counter);
  return std::string(code.value().text());
}

json DevicesFixture::LogIn(const std::string& typed, bool learn_skew) {
  return Call(Connect(0), "pam.verify",
              json::array({"alice", kAlice, "sshd", json::array({typed}), learn_skew}))
      .value();
}

std::string DevicesFixture::Outcome(const std::string& typed) { return LogIn(typed)["outcome"]; }

json DevicesFixture::List() {
  return Call(Connect(kAlice), "user.list_2fa_devices", {"alice"}).value();
}

std::vector<std::string> DevicesFixture::RenewRecoveryCodes() {
  return Call(Connect(0), "user.renew_recovery_codes", {"alice"}).value()["recovery_codes"];
}

}  // namespace twofactor
