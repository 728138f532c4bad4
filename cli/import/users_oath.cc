#include "cli/import/users_oath.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/import/encodings.h"
#include "cli/import/plain_text.h"
#include "cli/import/text_lines.h"
#include "cli/import/used_code.h"
#include "cli/import/user_list.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

// pam_oath(8): "Specify search depth, an integer typically from 5 to 50". The file does not have
// it.
constexpr int kWidestOathWindow = 50;

struct LineType {
  std::string_view name;
  ImportedDevice::Type type;
  int digits;
  int interval;
};

constexpr auto kHotp = ImportedDevice::Type::kHotp;
constexpr auto kTotp = ImportedDevice::Type::kTotp;
constexpr std::array kTypes = {
    LineType{"HOTP", kHotp, 6, 0},        LineType{"HOTP/E", kHotp, 6, 0},
    LineType{"HOTP/E/6", kHotp, 6, 0},    LineType{"HOTP/E/7", kHotp, 7, 0},
    LineType{"HOTP/E/8", kHotp, 8, 0},    LineType{"HOTP/T30", kTotp, 6, 30},
    LineType{"HOTP/T30/6", kTotp, 6, 30}, LineType{"HOTP/T30/7", kTotp, 7, 30},
    LineType{"HOTP/T30/8", kTotp, 8, 30}, LineType{"HOTP/T60", kTotp, 6, 60},
    LineType{"HOTP/T60/6", kTotp, 6, 60}, LineType{"HOTP/T60/7", kTotp, 7, 60},
    LineType{"HOTP/T60/8", kTotp, 8, 60}};

enum Field : std::size_t {
  kTypeField,
  kUserField,
  kPinField,
  kSecretField,
  kCounterField,
  kLastField,
  kTimeField
};

// One line, for the messages about it.
class Line {
 public:
  Line(std::string_view text, std::size_t number) : words_(WordsOf(text)), number_(number) {}

  std::string_view At(Field field) const {
    return field < words_.size() ? words_[field] : std::string_view();
  }
  bool Has(Field field) const { return field < words_.size(); }
  std::string Place() const { return Say("line %1", number_); }
  std::string Says(std::string_view what) const { return Say("line %1: %2", number_, what); }

 private:
  std::vector<std::string_view> words_;
  std::size_t number_;
};

// What pam_oath writes there; anything else can be no code, and so holds none back.
std::string_view LastCodeOf(const Line& line) {
  const std::string_view last = line.At(kLastField);
  return AreDigits(last) ? last : std::string_view();
}

Result<void> ReadTimes(const Line& line, WallTime now, std::vector<WallTime>& times) {
  if (!line.Has(kTimeField)) {
    return {};
  }
  times = LocalTimesOf(std::string(line.At(kTimeField)));
  if (times.empty()) {
    return Fail(ErrorCode::kInvalidParams,
                line.Says(Say("the time of the last login is not YYYY-MM-DDThh:mm:ssL")));
  }
  // A day more than any two time zones are apart; codes would be held back until then.
  if (times.front() > now + std::chrono::hours{48}) {
    return Fail(ErrorCode::kInvalidParams,
                line.Says(Say("the time of the last login is yet to come: is the clock right?")));
  }
  return {};
}

Result<void> ReadCounter(const Line& line, ImportedUser& user, ImportedDevice& device) {
  if (!line.Has(kCounterField)) {
    return {};
  }
  const auto counter = NumberIn<std::uint64_t>(line.At(kCounterField));
  if (!counter || *counter >= kMaxHotpCounter) {
    return Fail(ErrorCode::kInvalidParams,
                line.Says(Say("its counter is not a number from 0 to 2^62")));
  }
  device.counter = *counter;
  const std::string_view last = LastCodeOf(line);
  if (last.empty()) {
    return {};
  }
  const auto used =
      CounterOf(device.secret, device.parameters.digits, *counter, kWidestOathWindow + 1, last);
  if (used) {
    device.counter = *used + 1;
  } else {
    user.notes.push_back(line.Says(
        Say("the last code is none of the next %1 of this secret: the counter is taken as it is",
            kWidestOathWindow)));
  }
  return {};
}

void ReadFirstStep(const Line& line, const std::vector<WallTime>& times, WallTime now,
                   ImportedUser& user, ImportedDevice& device) {
  const std::string_view last = LastCodeOf(line);
  if (last.empty()) {
    return;
  }
  const std::vector<WallTime> around = times.empty() ? std::vector{now} : times;
  const auto used = StepOf(device.secret, device.parameters, around, kWidestOathWindow, last);
  if (used) {
    device.first_step = *used + 1;
    return;
  }
  if (times.empty()) {
    user.notes.push_back(
        line.Says(Say("has a last code, but not when it was used, and it is not of now: nothing is"
                      " held back")));
    return;
  }
  const WallTime latest = *std::max_element(times.begin(), times.end());
  device.first_step = StepAt(latest, device.parameters.interval) + kWidestOathWindow + 1;
  user.notes.push_back(line.Says(
      Say("the last code is none of this secret around the time of the last login: codes count from"
          " %1 steps after it",
          kWidestOathWindow + 1)));
}

void NotePin(const Line& line, ImportedUser& user) {
  const std::string_view pin = line.At(kPinField);
  if (pin != "-" && pin != "+") {
    user.notes.push_back(
        line.Says(Say("its PIN is not taken over: passwords are the work of another PAM module")));
  }
}

Result<ImportedDevice> ReadDevice(const Line& line, const LineType& type, WallTime now,
                                  ImportedUser& user) {
  ImportedDevice device;
  device.type = type.type;
  device.parameters.digits = type.digits;
  auto secret = DecodeHex(line.At(kSecretField));
  if (!secret || secret->size() > kMaxSecretBytes) {
    return Fail(ErrorCode::kInvalidParams,
                line.Says(Say("its secret is not 1 to %1 bytes in hexadecimal", kMaxSecretBytes)));
  }
  device.secret = std::move(*secret);
  std::vector<WallTime> times;
  if (const auto read = ReadTimes(line, now, times); !read) {
    return Fail(read.error());
  }
  if (type.type == kHotp) {
    if (const auto read = ReadCounter(line, user, device); !read) {
      return Fail(read.error());
    }
  } else {
    device.parameters.interval = std::chrono::seconds(type.interval);
    ReadFirstStep(line, times, now, user, device);
  }
  return device;
}

void ReadLine(const Line& line, WallTime now, ImportedUser& user) {
  const auto* const type =
      std::find_if(kTypes.begin(), kTypes.end(),
                   [&line](const LineType& known) { return known.name == line.At(kTypeField); });
  if (type == kTypes.end()) {
    user.notes.push_back(line.Says(Say("passed over, as pam_oath does: it knows no type '%1'",
                                       PlainText(line.At(kTypeField), kMaxShownBytes))));
    return;
  }
  if (!line.Has(kSecretField)) {
    user.notes.push_back(line.Says(Say("passed over, as pam_oath does: it has no secret")));
    return;
  }
  NotePin(line, user);
  auto device = ReadDevice(line, *type, now, user);
  if (device) {
    device->place = line.Place();
    user.devices.push_back(std::move(*device));
  } else {
    user.refusals.push_back(device.error().message());
  }
}

}  // namespace

Result<ImportedUsers> ParseUsersOath(std::string_view text, const ImportContext& context) {
  UserList users;
  std::size_t number = 0;
  bool any = false;
  for (const std::string_view content : LinesOf(text)) {
    ++number;
    if (content.size() > kMaxLineBytes || content.find('\0') != std::string_view::npos) {
      return Fail(ErrorCode::kInvalidParams,
                  Say("line %1 is too long or binary: this is no users.oath file", number));
    }
    const Line line(content, number);
    if (!line.Has(kUserField) || line.At(kTypeField).front() == '#' ||
        (!context.user.empty() && line.At(kUserField) != context.user)) {
      continue;
    }
    any = true;
    ReadLine(line, context.now, users.Of(line.At(kUserField)));
  }
  if (!any) {
    return Fail(ErrorCode::kInvalidParams, context.user.empty()
                                               ? Say("no line of the file names a user")
                                               : Say("no line of the file is of %1", context.user));
  }
  return std::move(users).Finish();
}

}  // namespace twofactor
