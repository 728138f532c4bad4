#include "cli/import/pskc_policy.h"

#include <ctime>
#include <optional>
#include <string_view>

#include "cli/import/plain_text.h"
#include "cli/import/refusal.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

// XML Schema's dateTime, whole seconds of it; UTC where it names no zone.
std::optional<WallTime> TimeIn(std::string text) {
  if (const std::size_t point = text.find('.'); point != std::string::npos) {
    const std::size_t end = text.find_first_not_of("0123456789", point + 1);
    text.erase(point, end == std::string::npos ? end : end - point);
  }
  std::tm read{};
  const char* end = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &read);
  if (end == nullptr) {
    return std::nullopt;
  }
  long zone = 0;
  if (*end != '\0') {
    std::tm with_zone{};
    end = strptime(end, "%z", &with_zone);
    if (end == nullptr || *end != '\0') {
      return std::nullopt;
    }
    zone = with_zone.tm_gmtoff;
  }
  return WallTime(std::chrono::seconds(timegm(&read) - zone));
}

Result<void> CheckDate(const XmlElement& element, WallTime now, bool allow_expired,
                       std::vector<std::string>& notes) {
  const std::string text = element.PlainText();
  const auto time = TimeIn(text);
  const std::string name(element.Name());
  if (!time) {
    return Refuse(Say("%1 is no date", name));
  }
  const bool starts = element.Is("StartDate");
  if (starts ? now >= *time : now <= *time) {
    return {};
  }
  const std::string date = PlainText(text, kMaxShownBytes);
  if (starts || !allow_expired) {
    return Refuse(starts ? Say("is not in force before %1", date)
                         : Say("was in force only until %1 (--allow-expired takes it)", date));
  }
  notes.push_back(Say("was in force only until %1", date));
  return {};
}

Result<void> CheckUsage(const XmlElement& policy) {
  const std::vector<XmlElement> usages = policy.Children("KeyUsage");
  bool allowed = usages.empty();
  for (const XmlElement& usage : usages) {
    allowed = allowed || usage.PlainText() == "OTP";
  }
  return allowed ? Result<void>() : Refuse(Say("is not for one-time passwords (KeyUsage)"));
}

}  // namespace

Result<void> CheckPskcPolicy(const XmlElement& policy, WallTime now, bool allow_expired,
                             std::vector<std::string>& notes) {
  for (const XmlElement& element : policy.Children()) {
    if (element.Is("StartDate") || element.Is("ExpiryDate")) {
      if (const auto checked = CheckDate(element, now, allow_expired, notes); !checked) {
        return checked;
      }
    } else if (element.Is("PINPolicy")) {
      notes.emplace_back(
          Say("its PIN is not taken over: passwords are the work of another PAM module"));
    } else if (!element.Is("KeyUsage")) {
      return Refuse(Say("has a policy that cannot be kept here: %1",
                        PlainText(element.Name(), kMaxShownBytes)));
    }
  }
  return CheckUsage(policy);
}

}  // namespace twofactor
