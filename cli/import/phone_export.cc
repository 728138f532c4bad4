#include "cli/import/phone_export.h"

#include <utility>

#include "cli/import/device_values.h"
#include "cli/import/encodings.h"
#include "cli/import/entry.h"
#include "cli/import/otpauth.h"
#include "cli/import/refusal.h"
#include "cli/import/text_lines.h"
#include "cli/translate.h"

namespace twofactor {

using nlohmann::json;

namespace {

// Deeper than any app's export, and not too deep to be wiped.
constexpr int kMaxDepth = 64;

}  // namespace

WipedJson::~WipedJson() { WipeTexts(value_); }

Result<WipedJson> ParseJsonText(std::string_view text) {
  text = WithoutByteOrderMark(text);
  bool too_deep = false;
  WipedJson document(json::parse(
      text.begin(), text.end(),
      [&too_deep](int depth, json::parse_event_t, json&) {
        too_deep = too_deep || depth > kMaxDepth;
        return depth <= kMaxDepth;
      },
      /*allow_exceptions=*/false));
  if (document.get().is_discarded() || too_deep) {
    return Refuse(Say("is no JSON"));
  }
  return document;
}

Result<WipedJson> ParseExport(std::string_view text, bool (*is)(const json&), const char* app) {
  auto document = ParseJsonText(text);
  return !document || is(document->get()) ? std::move(document)
                                          : Refuse(Say("is no export of %1", app));
}

Result<WipedJson> OpenExport(const AskPassphrase& ask, const OpenWith& open) {
  const auto passphrase = ask(PskcKeyKind::kPassphrase);
  if (!passphrase) {
    return Fail(passphrase.error());
  }
  const auto plain = open(*passphrase);
  return plain ? ParseJsonText(plain->text()) : Refuse(Say("the passphrase does not open it"));
}

Fields FieldsOf(const json& object) {
  Fields fields;
  for (const auto& [name, value] : object.items()) {
    if (value.is_string()) {
      fields.Add(name, std::string_view(value.get_ref<const std::string&>()));
    } else if (value.is_structured()) {
      fields.Add(name, std::string_view());
    } else if (!value.is_null()) {
      fields.Add(name, std::string_view(value.dump()));
    }
  }
  return fields;
}

Result<ImportedUsers> UsersOfExport(const json& accounts, const ImportContext& context,
                                    ExportedAccount (*read)(const json&)) {
  UserList users(context);
  std::size_t number = 0;
  for (const json& one : accounts) {
    ExportedAccount account = read(one);
    ImportedEntry entry = users.EntryOfApp(Say("account %1", ++number), std::move(account.issuer),
                                           std::move(account.account));
    WrittenDevice written = TakeWritten(account.fields, account.algorithm);
    written.type = account.fields.Take(account.type);
    TakeAppDevice(entry,
                  DeviceFrom(account.fields, written, std::move(account.secret), entry.notes));
    users.Add(std::move(entry));
  }
  return std::move(users).Finish();
}

void AddStoredTotp(std::size_t number, std::string_view totp, const std::string& title,
                   const std::string& account, UserList& users) {
  const std::string place = Say("account %1", number);
  ImportedEntry entry;
  if (totp.find("://") != std::string_view::npos) {
    entry = ReadOtpauthUri(totp, place, users, {title, account, "", ""});
  } else {
    entry = users.EntryOfApp(place, title, account);
    TakeAppDevice(entry, DeviceFrom({}, DecodeLooseBase32(totp), entry.notes));
  }
  users.Add(std::move(entry));
}

}  // namespace twofactor
