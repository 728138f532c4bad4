#include "helperd/twofactord/vault/equal_secrets.h"

#include <algorithm>
#include <cstdint>
#include <tuple>

namespace twofactor {
namespace {

// Greater for the device that was used later.
std::tuple<std::int64_t, HotpCounter> UseOf(const EqualDevice& device) {
  return device.kind == DeviceKind::kTotp
             ? std::tuple(std::int64_t{device.first_step} * device.parameters.interval.count(),
                          HotpCounter{0})
             : std::tuple(std::int64_t{0}, device.counter);
}

}  // namespace

MergedDevice MergeEqualDevices(std::span<const EqualDevice> devices) {
  const auto latest = std::max_element(
      devices.begin(), devices.end(),
      [](const EqualDevice& a, const EqualDevice& b) { return UseOf(a) < UseOf(b); });
  MergedDevice merged{static_cast<std::size_t>(latest - devices.begin()), latest->first_step,
                      latest->counter, false};
  for (const EqualDevice& device : devices) {
    const bool same_kind = device.kind == latest->kind;
    if (same_kind && device.kind == DeviceKind::kHotp) {
      merged.counter = std::max(merged.counter, device.counter);
    } else if (same_kind && device.parameters.interval == latest->parameters.interval) {
      merged.first_step = std::max(merged.first_step, device.first_step);
    } else {
      merged.has_past = true;
    }
  }
  return merged;
}

bool HaveSameParameters(const EqualDevice& a, const EqualDevice& b) {
  return a.kind == b.kind && a.parameters.digits == b.parameters.digits &&
         a.parameters.algorithm == b.parameters.algorithm &&
         (a.kind != DeviceKind::kTotp || a.parameters.interval == b.parameters.interval);
}

std::string SameSecretText(const std::string& label, const std::string& other_label) {
  return "device '" + label + "' has the same secret as device '" + other_label + "'";
}

}  // namespace twofactor
