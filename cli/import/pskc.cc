#include "cli/import/pskc.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "cli/import/plain_text.h"
#include "cli/import/pskc_policy.h"
#include "cli/import/refusal.h"
#include "cli/import/text_lines.h"
#include "cli/import/user_list.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

using Type = ImportedDevice::Type;

constexpr std::string_view kNamespace = "urn:ietf:params:xml:ns:keyprov:pskc";
constexpr std::size_t kMaxShownIdBytes = 60;

std::string TextOf(const XmlElement& parent, std::initializer_list<std::string_view> path) {
  const auto element = parent.Descend(path);
  return element ? element->PlainText() : std::string();
}

// "hotp" of "urn:ietf:params:xml:ns:keyprov:pskc:hotp", and of the drafts' "…pskc#hotp". Empty for
// algorithms of others.
std::string KindOf(const XmlElement& key) {
  const std::string algorithm = key.Attribute("Algorithm");
  const std::size_t size = kNamespace.size();
  const bool known = algorithm.size() > size && algorithm.compare(0, size, kNamespace) == 0 &&
                     (algorithm[size] == ':' || algorithm[size] == '#');
  return known ? algorithm.substr(size + 1) : std::string();
}

// The number of a value of Data: `without` where it is not there, none where it is no number.
template <typename Number>
std::optional<Number> DataNumber(const XmlElement& key, std::string_view name, Number without) {
  const auto value = key.Descend({"Data", name});
  if (!value) {
    return without;
  }
  return NumberIn<Number>(TextOf(*value, {"PlainValue"}));
}

Result<void> ReadSuite(const std::string& suite, ImportedDevice& device) {
  constexpr std::array<std::pair<std::string_view, OtpAlgorithm>, 4> kSuites = {{
      {"", OtpAlgorithm::kSha1},
      {"HMAC-SHA1", OtpAlgorithm::kSha1},
      {"HMAC-SHA256", OtpAlgorithm::kSha256},
      {"HMAC-SHA512", OtpAlgorithm::kSha512},
  }};
  for (const auto& [name, algorithm] : kSuites) {
    if (suite == name) {
      device.parameters.algorithm = algorithm;
      return {};
    }
  }
  return Refuse(Say("its Suite is none of HMAC-SHA1, HMAC-SHA256 and HMAC-SHA512"));
}

Result<void> ReadFormat(const XmlElement& key, ImportedDevice& device) {
  const auto parameters = key.Child("AlgorithmParameters");
  if (!parameters) {
    return {};
  }
  if (const auto format = parameters->Child("ResponseFormat")) {
    const auto length = NumberIn<int>(format->Attribute("Length"));
    const std::string check = format->Attribute("CheckDigits");
    if (!length || *length < kMinDigits || *length > kMaxDigits ||
        format->Attribute("Encoding") != "DECIMAL" || check == "true" || check == "1") {
      return Refuse(Say("its codes are not 6 to 8 decimal digits without a check digit"));
    }
    device.parameters.digits = *length;
  }
  return ReadSuite(TextOf(*parameters, {"Suite"}), device);
}

Result<void> ReadHotp(const XmlElement& key, ImportedDevice& device) {
  const auto counter = DataNumber<std::uint64_t>(key, "Counter", 0);
  if (!counter || *counter > kMaxHotpCounter) {
    return Refuse(Say("its Counter is not a plain number from 0 to 2^62"));
  }
  device.type = Type::kHotp;
  device.counter = *counter;
  return {};
}

Result<void> ReadTotp(const XmlElement& key, ImportedDevice& device) {
  const auto interval = DataNumber<int>(key, "TimeInterval", 30);
  const auto drift = DataNumber<int>(key, "TimeDrift", 0);
  if (!interval || std::chrono::seconds(*interval) < kMinInterval ||
      std::chrono::seconds(*interval) > kMaxInterval) {
    return Refuse(Say("its TimeInterval is not %1 to %2 seconds", kMinInterval.count(),
                      kMaxInterval.count()));
  }
  if (DataNumber<std::uint64_t>(key, "Time", 0) != 0U) {
    return Refuse(Say("its Time is not 0: only devices that count from 1970 can be used"));
  }
  if (!drift || *drift < -kMaxSkew || *drift > kMaxSkew) {
    return Refuse(Say("its TimeDrift is not -%1 to %1 steps", kMaxSkew));
  }
  device.parameters.interval = std::chrono::seconds(*interval);
  device.skew = *drift;
  return {};
}

Result<void> ReadSecret(const XmlElement& key, const PskcValues& values, ImportedDevice& device) {
  const auto element = key.Descend({"Data", "Secret"});
  if (!element) {
    return Refuse(Say("has no Secret (it may be derived from a key that is not in the file)"));
  }
  auto secret = values.SecretIn(*element);
  if (!secret) {
    return Fail(secret.error().Under(Say("its Secret")));
  }
  if (secret->empty() || secret->size() > kMaxSecretBytes) {
    return Refuse(Say("its Secret is not 1 to %1 bytes", kMaxSecretBytes));
  }
  device.secret = std::move(*secret);
  return {};
}

Result<ImportedDevice> ReadDevice(const XmlElement& key, const PskcValues& values) {
  ImportedDevice device;
  const std::string kind = KindOf(key);
  if (kind != "hotp" && kind != "totp") {
    return Refuse(Say("its Algorithm is neither HOTP nor TOTP"));
  }
  if (const auto read = kind == "hotp" ? ReadHotp(key, device) : ReadTotp(key, device); !read) {
    return Fail(read.error());
  }
  if (const auto read = ReadFormat(key, device); !read) {
    return Fail(read.error());
  }
  if (const auto read = ReadSecret(key, values, device); !read) {
    return Fail(read.error());
  }
  return device;
}

// "UID=jsmith,DC=example,DC=net" is jsmith's; what is no distinguished name stands for itself.
std::string UserOfId(const std::string& id) {
  constexpr std::string_view kUid = "UID=";
  for (std::size_t i = 0; i < kUid.size(); ++i) {
    const char letter = i < id.size() ? id[i] : '\0';
    if (letter != kUid[i] && letter != kUid[i] + ('a' - 'A')) {
      return id;
    }
  }
  return std::string(Trimmed(id.substr(kUid.size(), id.find(',') - kUid.size())));
}

class Container {
 public:
  Container(const XmlElement& root, const PskcValues& values, const ImportContext& context)
      : values_(values), context_(context), signed_(root.Child("Signature").has_value()) {
    for (const XmlElement& package : root.Children("KeyPackage")) {
      for (const XmlElement& key : package.Children("Key")) {
        ReadKey(package, key);
      }
    }
  }

  ImportedUsers Finish() && { return std::move(users_).Finish(); }

 private:
  void ReadKey(const XmlElement& package, const XmlElement& key) {
    const std::string id = PlainText(key.Attribute("Id"), kMaxShownIdBytes);
    const std::string place = Say("line %1, key %2", key.Line(), id);
    const std::string name = UserOf(package, key);
    ImportedUser& user = users_.Of(name.empty() ? place : name);
    if (signed_ && user.notes.empty()) {
      user.notes.emplace_back(Say("the file's signature was not checked (pskctool --verify does)"));
    }
    if (KindOf(key) == "pin") {
      user.notes.push_back(
          Say("%1: a PIN is not taken over: passwords are the work of another PAM module", place));
      return;
    }
    auto device = CheckedDevice(key, place, user);
    if (!device) {
      user.refusals.push_back(device.error().Under(place).message());
      return;
    }
    if (name.empty()) {
      user.refusals.push_back(Say("%1: names no user: say --user NAME", place));
      return;
    }
    const std::string serial = TextOf(package, {"DeviceInfo", "SerialNo"});
    device->label = serial.empty() ? id : serial;
    device->place = place;
    user.devices.push_back(std::move(*device));
  }

  Result<ImportedDevice> CheckedDevice(const XmlElement& key, const std::string& place,
                                       ImportedUser& user) const {
    if (const auto policy = key.Child("Policy")) {
      std::vector<std::string> notes;
      if (const auto checked = CheckPskcPolicy(*policy, context_.now, notes); !checked) {
        return Fail(checked.error());
      }
      for (const std::string& note : notes) {
        user.notes.push_back(Say("%1: %2", place, note));
      }
    }
    return ReadDevice(key, values_);
  }

  std::string UserOf(const XmlElement& package, const XmlElement& key) const {
    if (!context_.user.empty()) {
      return context_.user;
    }
    const std::string of_key = UserOfId(TextOf(key, {"UserId"}));
    return of_key.empty() ? UserOfId(TextOf(package, {"DeviceInfo", "UserId"})) : of_key;
  }

  const PskcValues& values_;
  const ImportContext& context_;
  bool signed_;
  UserList users_;
};

}  // namespace

Result<ImportedUsers> ParsePskc(std::string_view text, const ImportContext& context,
                                const AskPskcKey& ask) {
  const auto document = XmlDocument::Parse(text);
  if (!document) {
    return Fail(document.error());
  }
  const XmlElement root = document->Root();
  if (root.Name() != "KeyContainer" || root.Namespace() != kNamespace) {
    return Refuse(Say("the XML is no KeyContainer of RFC 6030"));
  }
  const auto values = PskcValues::Open(root, ask);
  if (!values) {
    return Fail(values.error());
  }
  ImportedUsers users = Container(root, *values, context).Finish();
  if (users.empty()) {
    return Refuse(Say("there is no key in the file"));
  }
  return users;
}

}  // namespace twofactor
