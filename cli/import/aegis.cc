// Aegis (Android): docs/vault.md of its repository.
#include <utility>

#include "cli/import/encodings.h"
#include "cli/import/file_crypto.h"
#include "cli/import/phone_export.h"
#include "cli/json_fields.h"

namespace twofactor {
namespace {

using nlohmann::json;

constexpr int kAegisPasswordSlot = 1;

// What `key` encrypted, whose nonce and tag are in `parameters`.
std::optional<SecretBytes> OpenPart(const SecretBytes& key, const json& parameters,
                                    const std::optional<SecretBytes>& data) {
  const auto nonce = DecodeHex(TextAt(parameters, "nonce"));
  const auto tag = DecodeHex(TextAt(parameters, "tag"));
  return nonce && tag && tag->size() == kGcmTagBytes && data
             ? DecryptAesGcm(key, nonce->bytes(), Joined(data->bytes(), tag->bytes()).bytes())
             : std::nullopt;
}

std::optional<SecretBytes> MasterKey(const json& slot, const SecretBytes& passphrase) {
  const auto salt = DecodeHex(TextAt(slot, "salt"));
  const auto number = [&slot](const char* name) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(NumberAt(slot, name), 0));
  };
  const auto key = salt ? Scrypt(passphrase, salt->bytes(), number("n"), number("r"), number("p"))
                        : std::nullopt;
  return key ? OpenPart(*key, ObjectAt(slot, "key_params"), DecodeHex(TextAt(slot, "key")))
             : std::nullopt;
}

std::optional<SecretBytes> OpenAegis(const json& vault, const SecretBytes& passphrase) {
  const json header = ObjectAt(vault, "header");
  const json slots = ListAt(header, "slots");
  for (const json& slot : slots) {
    const auto key =
        NumberAt(slot, "type") == kAegisPasswordSlot ? MasterKey(slot, passphrase) : std::nullopt;
    auto plain =
        key ? OpenPart(*key, ObjectAt(header, "params"), DecodeBase64Secret(TextAt(vault, "db")))
            : std::nullopt;
    if (plain) {
      return plain;
    }
  }
  return std::nullopt;
}

ExportedAccount ReadAegisAccount(const json& entry) {
  Fields info = FieldsOf(ObjectAt(entry, "info"));
  info.Add("type", std::string_view(TextAt(entry, "type")));
  auto secret = DecodeLooseBase32(info.Take("secret").value_or(""));
  return {TextAt(entry, "issuer"),
          TextAt(entry, "name"),
          std::move(info),
          std::move(secret),
          "type",
          "algo"};
}

}  // namespace

bool IsAegis(const json& document) {
  return document.is_object() && document.contains("db") && document.contains("header");
}

Result<ImportedUsers> ParseAegis(std::string_view text, const ImportContext& context,
                                 const AskPassphrase& ask) {
  const auto document = ParseExport(text, IsAegis, "Aegis");
  if (!document) {
    return Fail(document.error());
  }
  const json& vault = document->get();
  const auto database =
      vault["db"].is_string()
          ? OpenExport(ask, [&vault](const SecretBytes& key) { return OpenAegis(vault, key); })
          : Result<WipedJson>(WipedJson(vault["db"]));
  if (!database) {
    return Fail(database.error());
  }
  const WipedJson entries(ListAt(database->get(), "entries"));
  return UsersOfExport(entries.get(), context, ReadAegisAccount);
}

}  // namespace twofactor
