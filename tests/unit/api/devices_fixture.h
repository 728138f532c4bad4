#ifndef TWOFACTOR_TESTS_UNIT_API_DEVICES_FIXTURE_H_
#define TWOFACTOR_TESTS_UNIT_API_DEVICES_FIXTURE_H_

#include <string>

#include "tests/unit/api/api_fixture.h"

namespace twofactor {

// alice with devices of every kind. Their secrets are remembered by label.
class DevicesFixture : public ApiFixture {
 protected:
  // Enrols a device of alice's as root, with a code of it; an HOTP device's counter is 1 then.
  void Add(const std::string& label, DeviceKind kind = DeviceKind::kTotp);
  std::string HotpOf(const std::string& label, HotpCounter counter) const;
  // As a login of a host that asks the daemon does.
  nlohmann::json LogIn(const std::string& typed, bool learn_skew = true);
  std::string Outcome(const std::string& typed);
  nlohmann::json List();
  std::vector<std::string> RenewRecoveryCodes();
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_UNIT_API_DEVICES_FIXTURE_H_
