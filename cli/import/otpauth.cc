#include "cli/import/otpauth.h"

#include <cstddef>
#include <utility>
#include <vector>

#include "cli/import/device_values.h"
#include "cli/import/encodings.h"
#include "cli/import/refusal.h"
#include "cli/import/text_lines.h"
#include "cli/import/uri.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

Result<ImportedDevice> ReadDevice(Uri& uri, std::vector<std::string>& notes) {
  // What apps add for their own pictures says nothing of the codes.
  uri.query.Pass({"issuer", "image", "icon", "color", "logo", "lock"});
  auto secret = DecodeLooseBase32(uri.query.Take("secret").value_or(""));
  WrittenDevice written = TakeWritten(uri.query);
  written.type = uri.host;
  return DeviceFrom(uri.query, written, std::move(secret), notes);
}

}  // namespace

ImportedEntry ReadOtpauthUri(std::string_view text, std::string place, const UserList& users,
                             const EntryNames& otherwise) {
  // An app that writes blanks as '+' means blanks; base32 has no '+'.
  auto uri = ParseUri(text, true);
  if (!uri || !EqualWords(uri->scheme, "otpauth")) {
    ImportedEntry entry = users.EntryOfApp(std::move(place), otherwise.issuer, otherwise.account);
    entry.refusal = Say("is no otpauth:// URI");
    return entry;
  }
  ImportedEntry entry =
      users.EntryOfApp(std::move(place), std::string(uri->query.Take("issuer").value_or("")),
                       uri->path.empty() ? otherwise.account : uri->path);
  if (entry.names.issuer.empty()) {
    entry.names.issuer = otherwise.issuer;
  }
  TakeAppDevice(entry, ReadDevice(*uri, entry.notes));
  return entry;
}

Result<void> UriReader::Read(std::string_view uri, const std::string& place) {
  if (StartsWith(uri, "otpauth-migration:")) {
    return parts_.Read(uri, place, users_);
  }
  if (uri.size() > kMaxLineBytes) {
    return Refuse(Say("%1 is too long for an otpauth:// URI", place));
  }
  users_.Add(ReadOtpauthUri(uri, place, users_));
  return {};
}

Result<ImportedUsers> UriReader::Finish() && {
  const auto whole = parts_.CheckWhole();
  return whole ? std::move(users_).Finish() : Fail(whole.error());
}

Result<ImportedUsers> ParseUris(std::string_view text, const ImportContext& context) {
  UriReader reader(context);
  std::size_t number = 0;
  for (const std::string_view line : LinesOf(text)) {
    ++number;
    const std::string_view uri = UriOfLine(line);
    if (uri.empty() || uri.front() == '#') {
      continue;
    }
    if (const auto read = reader.Read(uri, Say("line %1", number)); !read) {
      return Fail(read.error());
    }
  }
  return std::move(reader).Finish();
}

}  // namespace twofactor
