#include "cli/import/users_oath.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/import/encodings.h"
#include "cli/import/plain_text.h"
#include "cli/import/refusal.h"
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

 private:
  std::vector<std::string_view> words_;
  std::size_t number_;
};

using Notes = std::vector<std::string>;

// What pam_oath writes there; anything else can be no code, and so holds none back.
std::string_view LastCodeOf(const Line& line) {
  const std::string_view last = line.At(kLastField);
  return AreDigits(last) ? last : std::string_view();
}

// pam_oath takes every code of 6 to 8 digits, whatever the type says: only a code that it took
// tells how long the device's are.
int DigitsOf(const Line& line, const LineType& type, Notes& notes) {
  const auto last = static_cast<int>(LastCodeOf(line).size());
  if (last < kMinDigits || last > kMaxDigits) {
    if (type.digits != kMinDigits) {
      notes.push_back(
          Say("codes of %1 digits, as its type says; pam_oath ignores that, so check that the"
              " device shows as many",
              type.digits));
    }
    return type.digits;
  }
  if (last != type.digits) {
    notes.push_back(Say("codes of %1 digits, as the last one had, and not %2, as its type says",
                        last, type.digits));
  }
  return last;
}

// A counter does not ask for the time.
Result<void> ReadTimes(const Line& line, ImportedDevice::Type type, WallTime now, Notes& notes,
                       std::vector<WallTime>& times) {
  if (!line.Has(kTimeField)) {
    return {};
  }
  times = LocalTimesOf(std::string(line.At(kTimeField)));
  if (times.empty()) {
    return Refuse(Say("the time of the last login is not YYYY-MM-DDThh:mm:ssL"));
  }
  // A day more than any two time zones are apart; codes would be held back until then.
  if (times.front() > now + std::chrono::hours{48} && type == kHotp) {
    notes.emplace_back(Say("the time of the last login is yet to come"));
  } else if (times.front() > now + std::chrono::hours{48}) {
    return Refuse(Say("the time of the last login is yet to come: is the clock right?"));
  }
  return {};
}

Result<void> ReadCounter(const Line& line, Notes& notes, ImportedDevice& device) {
  if (!line.Has(kCounterField)) {
    return {};
  }
  const auto counter = NumberIn<std::uint64_t>(line.At(kCounterField));
  if (!counter || *counter >= kMaxHotpCounter) {
    return Refuse(Say("its counter is not a number from 0 to 2^62"));
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
    notes.push_back(
        Say("the last code is none of the next %1 of this secret: the counter is taken as it is",
            kWidestOathWindow));
  }
  return {};
}

void ReadFirstStep(const Line& line, const std::vector<WallTime>& times, WallTime now, Notes& notes,
                   ImportedDevice& device) {
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
    notes.push_back(
        Say("has a last code, but not when it was used, and it is not of now: nothing is"
            " held back"));
    return;
  }
  const WallTime latest = *std::max_element(times.begin(), times.end());
  device.first_step = StepAt(latest, device.parameters.interval) + kWidestOathWindow + 1;
  notes.push_back(
      Say("the last code is none of this secret around the time of the last login: codes count from"
          " %1 steps after it",
          kWidestOathWindow + 1));
}

void NotePin(const Line& line, Notes& notes) {
  const std::string_view pin = line.At(kPinField);
  if (pin != "-" && pin != "+") {
    notes.emplace_back(
        Say("its PIN is not taken over: passwords are the work of another PAM module"));
  }
}

Result<ImportedDevice> ReadDevice(const Line& line, const LineType& type, WallTime now,
                                  Notes& notes) {
  ImportedDevice device;
  device.type = type.type;
  auto secret = DecodeHex(line.At(kSecretField));
  if (!secret || secret->size() > kMaxSecretBytes) {
    return Refuse(Say("its secret is not 1 to %1 bytes in hexadecimal", kMaxSecretBytes));
  }
  device.secret = std::move(*secret);
  device.parameters.digits = DigitsOf(line, type, notes);
  std::vector<WallTime> times;
  if (const auto read = ReadTimes(line, type.type, now, notes, times); !read) {
    return Fail(read.error());
  }
  if (type.type == kHotp) {
    if (const auto read = ReadCounter(line, notes, device); !read) {
      return Fail(read.error());
    }
  } else {
    device.parameters.interval = std::chrono::seconds(type.interval);
    ReadFirstStep(line, times, now, notes, device);
  }
  return device;
}

ImportedEntry ReadLine(const Line& line, WallTime now) {
  ImportedEntry entry;
  entry.place = line.Place();
  entry.user = std::string(line.At(kUserField));
  entry.names.account = entry.user;
  const auto* const type =
      std::find_if(kTypes.begin(), kTypes.end(),
                   [&line](const LineType& known) { return known.name == line.At(kTypeField); });
  if (type == kTypes.end()) {
    entry.notes.push_back(Say("passed over, as pam_oath does: it knows no type '%1'",
                              PlainText(line.At(kTypeField), kMaxShownBytes)));
  } else if (!line.Has(kSecretField)) {
    entry.notes.push_back(Say("passed over, as pam_oath does: it has no secret"));
  } else {
    NotePin(line, entry.notes);
    entry.Take(ReadDevice(line, *type, now, entry.notes));
  }
  return entry;
}

}  // namespace

Result<ImportedUsers> ParseUsersOath(std::string_view text, const ImportContext& context) {
  UserList users(context);
  std::size_t number = 0;
  bool any = false;
  for (const std::string_view content : LinesOf(text)) {
    ++number;
    if (content.size() > kMaxLineBytes || content.find('\0') != std::string_view::npos) {
      return Refuse(Say("line %1 is too long or binary: this is no users.oath file", number));
    }
    const Line line(content, number);
    if (!line.Has(kUserField) || line.At(kTypeField).front() == '#' ||
        (!context.user.empty() && line.At(kUserField) != context.user)) {
      continue;
    }
    any = true;
    users.Add(ReadLine(line, context.now));
  }
  if (!any) {
    return Refuse(context.user.empty() ? Say("no line of the file names a user")
                                       : Say("no line of the file is of %1", context.user));
  }
  return std::move(users).Finish();
}

}  // namespace twofactor
