#include "cli/import/container_key.h"

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/import/encodings.h"
#include "cli/import/text_lines.h"
#include "cli/import/whole_file.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

constexpr std::size_t kMaxKeyFileBytes = 4096;

Result<SecretBytes> TypedLine(PskcKeyKind kind, Terminal& terminal) {
  if (!terminal.IsInteractive()) {
    return Fail(ErrorCode::kInvalidParams,
                Say("the file is encrypted: name what opens it with --key-file FILE"));
  }
  auto line =
      terminal.AskHidden(kind == PskcKeyKind::kPassphrase ? Say("Passphrase of the file: ")
                                                          : Say("Key of the file (hexadecimal): "));
  if (!line) {
    return Fail(ErrorCode::kInvalidParams, Say("a key is needed to read the file"));
  }
  return std::move(*line);
}

Result<SecretBytes> FirstLineOf(const std::string& path) {
  const auto bytes = ReadWholeFile(path, kMaxKeyFileBytes);
  if (!bytes) {
    return Fail(bytes.error());
  }
  const std::vector<std::string_view> lines = LinesOf(bytes->text());
  return SecretBytes::CopyOf(lines.empty() ? std::string_view() : lines.front());
}

}  // namespace

Result<SecretBytes> ContainerKey(PskcKeyKind kind, const std::string& key_file,
                                 Terminal& terminal) {
  auto line = key_file.empty() ? TypedLine(kind, terminal) : FirstLineOf(key_file);
  if (!line || kind == PskcKeyKind::kPassphrase) {
    return line;
  }
  auto key = DecodeHex(Trimmed(line->text()));
  if (!key) {
    return Fail(ErrorCode::kInvalidParams,
                Say("a pre-shared key is written in hexadecimal, two digits a byte"));
  }
  return std::move(*key);
}

}  // namespace twofactor
