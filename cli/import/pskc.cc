#include "cli/import/pskc.h"

#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/import/device_values.h"
#include "cli/import/fields.h"
#include "cli/import/plain_text.h"
#include "cli/import/pskc_policy.h"
#include "cli/import/refusal.h"
#include "cli/import/text_lines.h"
#include "cli/import/user_list.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

constexpr std::string_view kNamespace = "urn:ietf:params:xml:ns:keyprov:pskc";
constexpr std::size_t kMaxShownIdBytes = 60;

// "hotp" of "urn:ietf:params:xml:ns:keyprov:pskc:hotp", and of the drafts' "…pskc#hotp". Empty for
// algorithms of others.
std::string KindOf(const XmlElement& key) {
  const std::string algorithm = key.Attribute("Algorithm");
  const std::size_t size = kNamespace.size();
  const bool known = algorithm.size() > size && algorithm.compare(0, size, kNamespace) == 0 &&
                     (algorithm[size] == ':' || algorithm[size] == '#');
  return known ? algorithm.substr(size + 1) : std::string();
}

void AddAttributes(const XmlElement& element, const std::string& path, Fields& fields) {
  for (const auto& [name, value] : element.Attributes()) {
    // privacyIDEA writes <Suite hashalgo="sha256"/>.
    fields.Add(EqualWords(path + name, "Suite hashalgo") ? "Suite" : path + name, value);
  }
}

// All that AlgorithmParameters hold, whatever it is: "Suite", "ResponseFormat Length".
void AddParameters(const XmlElement& parent, const std::string& path, Fields& fields) {
  AddAttributes(parent, path, fields);
  for (const XmlElement& child : parent.Children()) {
    const std::string name = path + std::string(child.Name());
    AddParameters(child, name + " ", fields);
    if (child.Children().empty() && (child.Attributes().empty() || !child.Text().empty())) {
      fields.Add(name, child.Text());
    }
  }
}

// All that Data holds but the secret; the values are numbers.
Result<void> AddNumbers(const XmlElement& data, const PskcValues& values, Fields& fields) {
  for (const XmlElement& value : data.Children()) {
    const std::string path = std::string(value.Name()) + " ";
    AddAttributes(value, path, fields);
    if (const auto plain = value.Child("PlainValue")) {
      AddAttributes(*plain, path, fields);
    }
    auto number = value.Is("Secret") ? Result<SecretBytes>() : values.NumberIn(value);
    if (!number) {
      return Fail(number.error().Under(Say("its %1", PlainText(value.Name(), kMaxShownIdBytes))));
    }
    if (!value.Is("Secret")) {
      fields.Add(std::string(value.Name()), std::move(*number));
    }
  }
  return {};
}

// Everything in a key that its codes may depend on.
Result<Fields> FieldsOfKey(const XmlElement& key, const PskcValues& values) {
  Fields fields;
  AddAttributes(key, "Key ", fields);
  for (const XmlElement& part : key.Children()) {
    if (part.Is("AlgorithmParameters")) {
      AddParameters(part, "", fields);
    } else if (part.Is("Data")) {
      if (const auto added = AddNumbers(part, values, fields); !added) {
        return Fail(added.error());
      }
    } else {
      fields.Add(std::string(part.Name()), part.Text());
    }
  }
  fields.Pass(
      {"Key Id", "Key Algorithm", "Issuer", "KeyReference", "FriendlyName", "UserId", "Policy"});
  return fields;
}

Result<void> CheckFormat(Fields& fields) {
  const std::string_view check = fields.Take("ResponseFormat CheckDigits").value_or("false");
  const std::string_view encoding = fields.Take("ResponseFormat Encoding").value_or("DECIMAL");
  if (!EqualWords(encoding, "DECIMAL") || (check != "false" && check != "0")) {
    return Refuse(Say("its codes are not 6 to 8 decimal digits without a check digit"));
  }
  return {};
}

// TimeDrift is a number of steps; privacyIDEA writes seconds.
Result<int> DriftIn(std::string_view text, bool in_seconds, std::chrono::seconds interval) {
  const double number = NumberIn<double>(text).value_or(HUGE_VAL);
  const double steps =
      in_seconds ? std::round(number / static_cast<double>(interval.count())) : number;
  // False for what is no number, too.
  if (!(std::abs(steps) <= kMaxSkew) || steps != std::trunc(steps)) {
    return Refuse(Say("its TimeDrift is not -%1 to %1 steps", kMaxSkew));
  }
  return static_cast<int>(steps);
}

Result<void> ReadTime(Fields& fields, ImportedDevice& device) {
  if (NumberIn<std::uint64_t>(fields.Take("Time").value_or("0")) != 0U) {
    return Refuse(Say("its Time is not 0: only devices that count from 1970 can be used"));
  }
  const auto drift = DriftIn(fields.Take("TimeDrift").value_or("0"),
                             fields.Take("Issuer") == "privacyIDEA", device.parameters.interval);
  if (!drift) {
    return Fail(drift.error());
  }
  device.skew = *drift;
  return {};
}

Result<SecretBytes> ReadSecret(const XmlElement& key, const PskcValues& values) {
  const auto element = key.Descend({"Data", "Secret"});
  if (!element) {
    return Refuse(Say("has no Secret (it may be derived from a key that is not in the file)"));
  }
  auto secret = values.BytesIn(*element);
  return secret ? std::move(secret) : Fail(secret.error().Under(Say("its Secret")));
}

WrittenDevice WrittenIn(Fields& fields, std::string_view kind) {
  WrittenDevice written{kind, fields.Take("Suite"), fields.Take("ResponseFormat Length"),
                        fields.Take("TimeInterval"), fields.Take("Counter")};
  // An empty Suite says nothing.
  if (written.algorithm && written.algorithm->empty()) {
    written.algorithm = std::nullopt;
  }
  return written;
}

Result<ImportedDevice> ReadDevice(const XmlElement& key, const PskcValues& values,
                                  std::vector<std::string>& notes) {
  const std::string kind = KindOf(key);
  if (kind != "hotp" && kind != "totp") {
    return Refuse(Say("its Algorithm is neither HOTP nor TOTP"));
  }
  auto fields = FieldsOfKey(key, values);
  if (!fields) {
    return Fail(fields.error());
  }
  if (const auto checked = CheckFormat(*fields); !checked) {
    return Fail(checked.error());
  }
  auto secret = ReadSecret(key, values);
  if (!secret) {
    return Fail(secret.error());
  }
  auto device = DeviceFrom(WrittenIn(*fields, kind), std::move(*secret), notes);
  if (!device) {
    return device;
  }
  if (const auto read = kind == "totp" ? ReadTime(*fields, *device) : Result<void>(); !read) {
    return Fail(read.error());
  }
  // privacyIDEA writes them of every key.
  fields->Pass({"Time", "TimeDrift"});
  const auto understood = fields->CheckUnderstood();
  return understood ? std::move(device) : Fail(understood.error());
}

// The UID of a distinguished name ("CN=J. Smith,UID=jsmith,DC=example" is jsmith's); what has none
// stands for itself.
std::string UserOfId(const std::string& id) {
  for (std::size_t start = 0; start < id.size();) {
    std::size_t end = id.find_first_of(",+", start);
    while (end != std::string::npos && id[end - (end > 0 ? 1 : 0)] == '\\') {
      end = id.find_first_of(",+", end + 1);
    }
    const std::string_view part = Trimmed(std::string_view(id).substr(start, end - start));
    if (const std::size_t equals = part.find('=');
        equals != std::string_view::npos && EqualWords(Trimmed(part.substr(0, equals)), "UID")) {
      return std::string(Trimmed(part.substr(equals + 1)));
    }
    start = end == std::string::npos ? id.size() : end + 1;
  }
  return id;
}

class Container {
 public:
  Container(const XmlElement& root, const PskcValues& values, const ImportContext& context)
      : values_(values), context_(context), users_(context) {
    if (root.Child("Signature")) {
      note_ = Say("the file's signature was not checked (pskctool --verify does)");
    }
    for (const XmlElement& package : root.Children("KeyPackage")) {
      for (const XmlElement& key : package.Children("Key")) {
        users_.Add(EntryFor(package, key));
      }
    }
  }

  Result<ImportedUsers> Finish() && { return std::move(users_).Finish(); }

 private:
  ImportedEntry EntryFor(const XmlElement& package, const XmlElement& key) {
    ImportedEntry entry;
    entry.names.id = PlainText(key.Attribute("Id"), kMaxShownIdBytes);
    entry.names.serial = package.PlainTextAt({"DeviceInfo", "SerialNo"});
    entry.names.issuer = key.PlainTextAt({"Issuer"});
    entry.place = Say("line %1, key %2", key.Line(), entry.names.id);
    entry.names.account = UserIdOf(package, key);
    entry.user = UserOfId(entry.names.account);
    if (!note_.empty()) {
      entry.notes.push_back(std::exchange(note_, {}));
    }
    if (KindOf(key) == "pin") {
      entry.notes.push_back(
          Say("a PIN is not taken over: passwords are the work of another PAM module"));
      return entry;
    }
    entry.Take(CheckedDevice(key, entry.notes));
    if (entry.device) {
      entry.device->label = entry.names.serial.empty() ? entry.names.id : entry.names.serial;
      entry.device->source = entry.device->label;
    }
    return entry;
  }

  Result<ImportedDevice> CheckedDevice(const XmlElement& key,
                                       std::vector<std::string>& notes) const {
    if (const auto policy = key.Child("Policy")) {
      const auto checked = CheckPskcPolicy(*policy, context_.now, context_.allow_expired, notes);
      if (!checked) {
        return Fail(checked.error());
      }
    }
    return ReadDevice(key, values_, notes);
  }

  static std::string UserIdOf(const XmlElement& package, const XmlElement& key) {
    const std::string of_key = key.PlainTextAt({"UserId"});
    return of_key.empty() ? package.PlainTextAt({"DeviceInfo", "UserId"}) : of_key;
  }

  const PskcValues& values_;
  const ImportContext& context_;
  UserList users_;
  std::string note_;
};

}  // namespace

Result<ImportedUsers> ParsePskc(std::string_view text, const ImportContext& context,
                                const AskPskcKey& ask) {
  const auto document = XmlDocument::Parse(text);
  if (!document) {
    return Fail(document.error());
  }
  const XmlElement root = document->Root();
  if (!root.Is("KeyContainer") || root.Namespace() != kNamespace) {
    return Refuse(Say("the XML is no KeyContainer of RFC 6030"));
  }
  const auto values = PskcValues::Open(root, ask);
  if (!values) {
    return Fail(values.error());
  }
  return Container(root, *values, context).Finish();
}

}  // namespace twofactor
