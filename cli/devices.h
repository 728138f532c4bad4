#ifndef TWOFACTOR_CLI_DEVICES_H_
#define TWOFACTOR_CLI_DEVICES_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cli/connection.h"

// A user's devices, as the daemon lists them (user.list_2fa_devices).
namespace twofactor {

// What a command on one device was called with. Pure.
struct DeviceOperands {
  std::vector<std::string> user;  // As TargetOf takes it: empty for the caller.
  std::optional<int> id;
};

// [USER] [ID]: a single word is an ID where it is all digits. Fails with kInvalidParams where what
// stands for the ID is not a number from 0 to 15.
Result<DeviceOperands> ParseDeviceOperands(const std::vector<std::string>& operands);

// The daemon's answer: always with a list "devices" and "recovery_codes_left", a number or null;
// with "bypass" while one is on.
Result<nlohmann::json> ListDevices(Connection& daemon, const std::string& user);

// Of such an answer; null where there is none.
const nlohmann::json* FindDevice(const nlohmann::json& listed, std::int64_t id);
const nlohmann::json* FindDeviceLabelled(const nlohmann::json& listed, const std::string& label);

// "device 1 (phone)". What a terminal does not show as a character is '?': labels are other
// people's words.
std::string NameOfDevice(const nlohmann::json& device);

// For a person: a table, a line for each, and how many recovery codes are left. The dates are the
// local time zone's.
std::string DeviceTable(const nlohmann::json& listed);
std::string RecoveryCodesLine(const nlohmann::json& listed);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DEVICES_H_
