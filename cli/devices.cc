#include "cli/devices.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cwchar>
#include <cwctype>
#include <utility>

#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr int kMostId = 15;
constexpr std::size_t kColumns = 7;
using Row = std::array<std::string, kColumns>;

bool IsNumber(const std::string& word) {
  return !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
}

// Text as this locale shows it, and how many columns it takes.
struct Shown {
  std::string text;
  std::size_t columns = 0;
};

Shown ShownOf(const std::string& text) {
  Shown shown;
  std::mbstate_t state{};
  for (std::size_t at = 0; at < text.size();) {
    wchar_t character = 0;
    const std::size_t size = std::mbrtowc(&character, &text[at], text.size() - at, &state);
    const bool decoded = size != 0 && size <= text.size() - at;
    const int columns =
        decoded && std::iswprint(static_cast<wint_t>(character)) != 0 ? wcwidth(character) : -1;
    shown.text += columns < 0 ? "?" : text.substr(at, size);
    shown.columns += static_cast<std::size_t>(columns < 0 ? 1 : columns);
    at += decoded ? size : 1;
    state = decoded ? state : std::mbstate_t{};
  }
  return shown;
}

std::string DateOf(std::int64_t seconds) {
  const std::time_t moment = seconds;
  std::tm local{};
  std::array<char, 16> text{};
  localtime_r(&moment, &local);
  std::strftime(text.data(), text.size(), "%Y-%m-%d", &local);
  return text.data();
}

std::string CountAndWait(std::int64_t failures, std::int64_t wait) {
  return wait > 0 ? Say("%1, wait %2 s", failures, wait) : std::to_string(failures);
}

std::string WrongCodes(const json& device) {
  const std::string strangers =
      CountAndWait(NumberAt(device, "failures"), NumberAt(device, "wait"));
  const std::int64_t at_known = NumberAt(device, "failures_at_known_origins");
  return at_known == 0 ? strangers
                       : Say("%1; from known origins: %2", strangers,
                             CountAndWait(at_known, NumberAt(device, "wait_at_known_origins")));
}

Row RowOf(const json& device) {
  const std::string algorithm = TextAt(device, "algorithm");
  const bool counts = TextAt(device, "type") == "HOTP";
  return {std::to_string(NumberAt(device, "id")),
          TextAt(device, "label"),
          TextAt(device, "type") + (algorithm == "SHA1" ? "" : " " + algorithm),
          std::to_string(NumberAt(device, "otp_digits")),
          counts ? "-" : Say("%1 s", NumberAt(device, "interval")),
          DateOf(NumberAt(device, "created")),
          WrongCodes(device)};
}

std::string Lines(const std::vector<Row>& rows) {
  constexpr std::size_t kGap = 2;
  std::array<std::size_t, kColumns> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) {
      widths[i] = std::max(widths[i], ShownOf(row[i]).columns);
    }
  }
  std::string text;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) {
      const Shown cell = ShownOf(row[i]);
      const bool last = i + 1 == kColumns;
      text += cell.text + (last ? "\n" : std::string(widths[i] - cell.columns + kGap, ' '));
    }
  }
  return text;
}

template <typename Predicate>
const json* FindIf(const json& listed, Predicate predicate) {
  const auto devices = listed.find("devices");
  if (devices == listed.end() || !devices->is_array()) {
    return nullptr;
  }
  const auto found = std::find_if(devices->begin(), devices->end(), predicate);
  return found == devices->end() ? nullptr : &*found;
}

}  // namespace

Result<DeviceOperands> ParseDeviceOperands(const std::vector<std::string>& operands) {
  DeviceOperands parsed;
  const bool named = operands.size() > 1 || (operands.size() == 1 && !IsNumber(operands[0]));
  if (named) {
    parsed.user = {operands[0]};
  }
  if (operands.size() == (named ? 1U : 0U)) {
    return parsed;
  }
  const std::string& word = operands.back();
  int id = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), id);
  if (error != std::errc() || end != word.data() + word.size() || id < 0 || id > kMostId) {
    return Fail(ErrorCode::kInvalidParams,
                Say("a device ID is a number from 0 to 15 (see 'twofactorctl devices')"));
  }
  parsed.id = id;
  return parsed;
}

Result<json> ListDevices(Connection& daemon, const std::string& user) {
  const auto answer = daemon.Call("user.list_2fa_devices", json::array({user}));
  if (!answer) {
    return Fail(answer.error());
  }
  json listed = {{"devices", json::array()}, {"recovery_codes_left", nullptr}};
  for (const json& device : ListAt(*answer, "devices")) {
    if (device.is_object()) {
      listed["devices"].push_back(device);
    }
  }
  const auto left = answer->find("recovery_codes_left");
  if (left != answer->end() && left->is_number_integer()) {
    listed["recovery_codes_left"] = *left;
  }
  if (json bypass = ObjectAt(*answer, "bypass"); !bypass.empty()) {
    listed["bypass"] = std::move(bypass);
  }
  return listed;
}

const json* FindDevice(const json& listed, std::int64_t id) {
  return FindIf(listed, [id](const json& device) { return NumberAt(device, "id") == id; });
}

const json* FindDeviceLabelled(const json& listed, const std::string& label) {
  return FindIf(listed, [&label](const json& device) { return TextAt(device, "label") == label; });
}

std::string NameOfDevice(const json& device) {
  const std::string label = TextAt(device, "label");
  return label.empty() ? Say("device %1", NumberAt(device, "id"))
                       : Say("device %1 (%2)", NumberAt(device, "id"), ShownOf(label).text);
}

std::string DeviceTable(const json& listed) {
  std::vector<Row> rows = {{Say("ID"), Say("LABEL"), Say("TYPE"), Say("DIGITS"), Say("INTERVAL"),
                            Say("CREATED"), Say("WRONG CODES")}};
  for (const json& device : ListAt(listed, "devices")) {
    rows.push_back(RowOf(device));
  }
  return Lines(rows);
}

std::string RecoveryCodesLine(const json& listed) {
  const json& left = listed["recovery_codes_left"];
  return left.is_null()
             ? Say("Recovery codes: none yet (run 'twofactorctl recovery-codes' to create ten)\n")
             : Say("Recovery codes left: %1\n", left.get<std::int64_t>());
}

}  // namespace twofactor
