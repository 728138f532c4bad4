#include "cli/import/used_code.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "common/otp/totp.h"

namespace twofactor {
namespace {

// By how much clocks are put back: an hour, and half of it on Lord Howe Island. mktime(3) could be
// asked for summer and winter time instead, but takes years of them to find out that there is none.
constexpr std::array<std::time_t, 4> kShifts = {3600, -3600, 1800, -1800};
constexpr const char* kTimeFormat = "%Y-%m-%dT%H:%M:%SL";

// Of a counter or a step.
bool IsCodeOf(const SecretBytes& secret, const OtpParameters& parameters, std::uint64_t counter,
              const SecretBytes& code) {
  const auto made = GenerateCounterCode(secret, parameters, counter);
  return made && made->Equals(code);
}

bool SameLocalTime(const std::tm& a, const std::tm& b) {
  return a.tm_year == b.tm_year && a.tm_mon == b.tm_mon && a.tm_mday == b.tm_mday &&
         a.tm_hour == b.tm_hour && a.tm_min == b.tm_min && a.tm_sec == b.tm_sec;
}

}  // namespace

std::optional<std::uint64_t> CounterOf(const SecretBytes& secret, int digits, std::uint64_t first,
                                       int count, std::string_view code) {
  const SecretBytes wanted = SecretBytes::CopyOf(code);
  const OtpParameters parameters{.digits = digits};
  for (int i = 0; i < count; ++i) {
    const std::uint64_t counter = first + static_cast<std::uint64_t>(i);
    if (IsCodeOf(secret, parameters, counter, wanted)) {
      return counter;
    }
  }
  return std::nullopt;
}

std::optional<TimeStep> StepOf(const SecretBytes& secret, const OtpParameters& parameters,
                               const std::vector<WallTime>& times, TimeStep reach,
                               std::string_view code) {
  const SecretBytes wanted = SecretBytes::CopyOf(code);
  for (TimeStep distance = 0; distance <= reach; ++distance) {
    for (const WallTime time : times) {
      const TimeStep step = StepAt(time, parameters.interval);
      if (IsCodeOf(secret, parameters, step + distance, wanted)) {
        return step + distance;
      }
      if (distance > 0 && step >= distance &&
          IsCodeOf(secret, parameters, step - distance, wanted)) {
        return step - distance;
      }
    }
  }
  return std::nullopt;
}

std::vector<WallTime> LocalTimesOf(const std::string& text) {
  std::tm read{};
  const char* const end = strptime(text.c_str(), kTimeFormat, &read);
  if (end == nullptr || end != text.c_str() + text.size()) {
    return {};
  }
  std::tm asked = read;
  asked.tm_isdst = -1;
  const std::time_t time = std::mktime(&asked);
  if (time <= 0) {
    return {};
  }
  std::vector<WallTime> times = {WallTime(std::chrono::seconds(time))};
  for (const std::time_t shift : kShifts) {
    const std::time_t other = time + shift;
    std::tm shown{};
    if (localtime_r(&other, &shown) != nullptr && SameLocalTime(shown, asked)) {
      times.emplace_back(std::chrono::seconds(other));
    }
  }
  return times;
}

}  // namespace twofactor
