#include "helperd/twofactord/api/system_facts.h"

#include <sys/sysinfo.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

#include "helperd/messages/date_time.h"

namespace twofactor {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr const char* kProduct = "twofactor";
constexpr double kLoadUnit = 65536;  // sysinfo(2)

json MomentOf(WallTime time) {
  return DateTimeJson(std::chrono::duration_cast<milliseconds>(time.time_since_epoch()).count());
}

// "1 day, 2:03:04"
std::string SpanText(std::chrono::seconds span) {
  const auto days = std::chrono::floor<std::chrono::days>(span);
  const std::chrono::hh_mm_ss rest(span - days);
  const auto two = [](std::int64_t number) {
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  const std::string clock = std::to_string(rest.hours().count()) + ":" +
                            two(rest.minutes().count()) + ":" + two(rest.seconds().count());
  return days.count() == 0
             ? clock
             : std::to_string(days.count()) + (days.count() == 1 ? " day, " : " days, ") + clock;
}

// "Europe/Berlin", as /etc/localtime points to it.
std::string TimeZone() {
  std::array<char, 256> target{};
  const ssize_t size = readlink("/etc/localtime", target.data(), target.size());
  const std::string path(target.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  constexpr std::string_view kFolder = "zoneinfo/";
  const std::size_t start = path.find(kFolder);
  return start == std::string::npos ? "UTC" : path.substr(start + kFolder.size());
}

}  // namespace

std::string HostName() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

std::string ProductAndVersion() { return std::string(kProduct) + "-" + TWOFACTOR_VERSION; }

json SystemInfo(const Clock& clock) {
  struct sysinfo facts {};
  sysinfo(&facts);
  const WallTime now = clock.Wall();
  const std::chrono::seconds uptime(facts.uptime);
  const long cores = sysconf(_SC_NPROCESSORS_ONLN);
  json load = json::array();
  for (const unsigned long average : facts.loads) {
    load.push_back(static_cast<double>(average) / kLoadUnit);
  }
  return {{"version", ProductAndVersion()},
          {"buildtime", nullptr},
          {"hostname", HostName()},
          {"physmem", std::uint64_t{facts.totalram} * facts.mem_unit},
          {"model", ""},
          {"cores", cores},
          {"physical_cores", cores},
          {"loadavg", std::move(load)},
          {"uptime", SpanText(uptime)},
          {"uptime_seconds", static_cast<double>(uptime.count())},
          {"system_serial", nullptr},
          {"system_product", kProduct},
          {"system_product_version", TWOFACTOR_VERSION},
          {"license", nullptr},
          {"boottime", MomentOf(now - uptime)},
          {"datetime", MomentOf(now)},
          {"timezone", TimeZone()},
          {"system_manufacturer", nullptr},
          {"ecc_memory", false}};
}

}  // namespace twofactor
