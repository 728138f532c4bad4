#include "cli/import/entry.h"

#include <nlohmann/json.hpp>

#include "common/otp/base32.h"

namespace twofactor {

using nlohmann::json;

namespace {

Result<json> DeviceEntry(const ImportedDevice& device) {
  const auto secret = EncodeBase32(device.secret);
  if (!secret) {
    return Fail(secret.error());
  }
  json entry = {{"secret", std::string(secret->text())},
                {"algorithm", std::string(AlgorithmName(device.parameters.algorithm))},
                {"otp_digits", device.parameters.digits},
                {"label", device.label}};
  if (device.type == ImportedDevice::Type::kHotp) {
    entry["type"] = "HOTP";
    entry["counter"] = device.counter;
  } else {
    entry["type"] = "TOTP";
    entry["interval"] = device.parameters.interval.count();
    entry["first_step"] = device.first_step;
    entry["skew"] = device.skew;
  }
  return entry;
}

}  // namespace

Result<json> EntryOf(const ImportedUser& user, const Account& account) {
  json entry = {{"username", account.name},
                {"uid", account.uid},
                {"devices", json::array()},
                {"recovery_codes", json::array()}};
  for (const ImportedDevice& device : user.devices) {
    auto made = DeviceEntry(device);
    if (!made) {
      WipeTexts(entry);
      return Fail(made.error());
    }
    entry["devices"].push_back(std::move(*made));
  }
  for (const SecretBytes& code : user.recovery_codes) {
    entry["recovery_codes"].push_back(std::string(code.text()));
  }
  return entry;
}

void WipeTexts(json& value) {
  if (value.is_string()) {
    auto& text = value.get_ref<std::string&>();
    WipeMemory(text.data(), text.size());
  }
  if (value.is_structured()) {
    for (json& part : value) {
      WipeTexts(part);
    }
  }
}

}  // namespace twofactor
