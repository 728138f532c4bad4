#include "cli/import/google_authenticator.h"

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
#include "cli/translate.h"

namespace twofactor {
namespace {

constexpr std::size_t kScratchCodeDigits = 8;
// pam_google_authenticator's own largest WINDOW_SIZE: it lists no step further than that from now.
constexpr int kWidestWindow = 100;

std::string At(std::size_t line, std::string_view what) { return Say("line %1: %2", line, what); }

struct Option {
  std::size_t line;
  std::string_view name;
  std::string_view value;
};

// The file, taken apart.
struct Parts {
  std::string_view secret;
  std::vector<Option> options;
  std::vector<std::string_view> scratch_codes;
  // The first line that is neither an option nor a scratch code; 0 where there is none.
  std::size_t odd_line = 0;

  const Option* Find(std::string_view name) const {
    const auto found = std::find_if(options.begin(), options.end(),
                                    [name](const Option& option) { return option.name == name; });
    return found == options.end() ? nullptr : &*found;
  }
};

Option ReadOption(std::size_t number, std::string_view line) {
  // After the quote and the blank.
  line = Trimmed(line.substr(1));
  const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
  return {number, line.substr(0, end), Trimmed(line.substr(end))};
}

bool IsScratchCode(std::string_view line) {
  return line.size() == kScratchCodeDigits && AreDigits(line) && line.front() != '0';
}

Parts TakeApart(std::string_view text) {
  const std::vector<std::string_view> lines = LinesOf(text);
  Parts parts;
  parts.secret = lines.front();
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::string_view line = lines[i];
    if (line.empty()) {
      continue;
    }
    if (line.front() == '"') {
      parts.options.push_back(ReadOption(i + 1, line));
    } else if (parts.odd_line == 0 && IsScratchCode(line)) {
      parts.scratch_codes.push_back(line);
    } else if (parts.odd_line == 0) {
      parts.odd_line = i + 1;
    }
  }
  return parts;
}

// One step of reading a device; what is wrong goes into the user's refusals.
class Reader {
 public:
  Reader(const Parts& parts, WallTime now, ImportedUser& user)
      : parts_(parts), now_(now), user_(user) {}

  void Read() {
    auto secret = DecodeLooseBase32(parts_.secret);
    if (!secret || secret->empty() || secret->size() > kMaxSecretBytes) {
      Refuse(1, Say("the secret is not 1 to %1 bytes in base32", kMaxSecretBytes));
      return;
    }
    device_.secret = std::move(*secret);
    device_.label = "Google Authenticator";
    device_.counter = NumberOf<HotpCounter>("HOTP_COUNTER", 0, kMaxHotpCounter,
                                            Say("HOTP_COUNTER is not a number from 0 to 2^62"))
                          .value_or(0);
    if (device_.counter > 0) {
      device_.type = ImportedDevice::Type::kHotp;
    } else if (parts_.Find("TOTP_AUTH") != nullptr) {
      ReadStepSize();
      ReadSkew();
      ReadUsedSteps();
    } else if (user_.refusals.empty()) {
      user_.refusals.emplace_back(
          Say("the file has neither TOTP_AUTH nor HOTP_COUNTER: pam_google_authenticator takes no"
              " code of it"));
    }
    ReadScratchCodes();
    NoteOptions();
    user_.devices.push_back(std::move(device_));
  }

 private:
  void Refuse(std::size_t line, std::string_view what) { user_.refusals.push_back(At(line, what)); }

  // The number that an option holds. None where it is not there, or is not `least` to `most`: that
  // is a refusal.
  template <typename Number>
  std::optional<Number> NumberOf(std::string_view name, Number least, Number most,
                                 const std::string& refusal) {
    const Option* const option = parts_.Find(name);
    const auto number = option == nullptr ? std::nullopt : NumberIn<Number>(option->value);
    if (option != nullptr && (!number || *number < least || *number > most)) {
      Refuse(option->line, refusal);
      return std::nullopt;
    }
    return number;
  }

  void ReadStepSize() {
    // pam_google_authenticator takes 1 to 60.
    const auto size = NumberOf<std::int64_t>(
        "STEP_SIZE", kMinInterval.count(), 60,
        Say("STEP_SIZE is not a number of seconds from %1 to 60", kMinInterval.count()));
    if (size) {
      device_.parameters.interval = std::chrono::seconds(*size);
    }
  }

  void ReadSkew() {
    device_.skew =
        NumberOf(
            "TIME_SKEW", -kMaxSkew, kMaxSkew,
            Say("TIME_SKEW is not a number of steps from -%1 to %1: set the clock of the device"
                " right, and enrol it anew",
                kMaxSkew))
            .value_or(0);
  }

  void ReadUsedSteps() {
    const Option* const option = parts_.Find("DISALLOW_REUSE");
    if (option == nullptr) {
      user_.notes.emplace_back(
          Say("the file lets a code be used more than once: here each opens one login"));
      return;
    }
    const TimeStep latest = StepAt(now_, device_.parameters.interval) + kMaxSkew + kWidestWindow;
    for (const std::string_view word : WordsOf(option->value)) {
      const auto step = NumberIn<TimeStep>(word);
      if (!step || *step > latest) {
        Refuse(option->line, Say("DISALLOW_REUSE lists something that is no step until now"));
        return;
      }
      device_.first_step = std::max(device_.first_step, *step + 1);
    }
  }

  void ReadScratchCodes() {
    for (const std::string_view code : parts_.scratch_codes) {
      user_.recovery_codes.push_back(SecretBytes::CopyOf(code));
    }
    if (parts_.odd_line != 0) {
      user_.notes.push_back(
          At(parts_.odd_line,
             Say("neither an option nor a scratch code: pam_google_authenticator takes no"
                 " scratch code from there on, and none is taken over")));
    }
  }

  void NoteOptions() {
    for (const Option& option : parts_.options) {
      if (const std::string note = NoteOn(option); !note.empty()) {
        user_.notes.push_back(At(option.line, note));
      }
    }
  }

  std::string NoteOn(const Option& option) const {
    constexpr std::array<std::string_view, 6> kTaken = {"TOTP_AUTH", "HOTP_COUNTER",   "STEP_SIZE",
                                                        "TIME_SKEW", "DISALLOW_REUSE", ""};
    if (&option != parts_.Find(option.name)) {
      return Say("a second %1, which pam_google_authenticator passes over, too",
                 Shown(option.name));
    }
    if (std::find(kTaken.begin(), kTaken.end(), option.name) != kTaken.end()) {
      return {};
    }
    if (option.name == "WINDOW_SIZE") {
      return Say(
          "WINDOW_SIZE %1: the window is the machine's here (twofactorctl config set window)",
          Shown(option.value));
    }
    if (option.name == "RATE_LIMIT") {
      return RateLimitNote(option.value);
    }
    if (option.name == "RESETTING_TIME_SKEW") {
      return Say("RESETTING_TIME_SKEW: a half-learned clock skew is not taken over");
    }
    if (option.name.substr(0, 4) == "LAST" && AreDigits(option.name.substr(4))) {
      return Say("%1: the grace period of an earlier login is not taken over", Shown(option.name));
    }
    return Say("option %1 is not known, and not taken over", Shown(option.name));
  }

  static std::string RateLimitNote(std::string_view value) {
    const std::vector<std::string_view> words = WordsOf(value);
    if (words.size() >= 2) {
      return Say(
          "RATE_LIMIT %1 tries in %2 s: the machine has its own, [throttle] of twofactord.conf",
          Shown(words[0]), Shown(words[1]));
    }
    return Say("RATE_LIMIT: the machine has its own, [throttle] of twofactord.conf");
  }

  static std::string Shown(std::string_view text) { return PlainText(text, kMaxShownBytes); }

  const Parts& parts_;
  WallTime now_;
  ImportedUser& user_;
  ImportedDevice device_;
};

}  // namespace

Result<ImportedUsers> ParseGoogleAuthenticator(std::string_view text,
                                               const ImportContext& context) {
  if (context.user.empty()) {
    return Refuse(
        Say("such a file does not name its user: say --user NAME, or read them in the users'"
            " homes with --homes"));
  }
  if (text.empty() || text.size() > kMaxGoogleFileBytes) {
    return Refuse(Say("the file is empty or has more than 64 KiB"));
  }
  ImportedUsers users;
  ImportedUser& user = users.emplace_back();
  user.name = context.user;
  const Parts parts = TakeApart(text);
  Reader(parts, context.now, user).Read();
  return users;
}

}  // namespace twofactor
