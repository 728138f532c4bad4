#include "cli/passphrase.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cli/translate.h"
#include "common/base/unique_fd.h"

namespace twofactor {
namespace {

Result<void> CheckIsPrivate(const UniqueFd& file, const std::string& path) {
  struct stat status {};
  if (fstat(file.get(), &status) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kInvalidParams, Say("check %1", path), errno));
  }
  if (!S_ISREG(status.st_mode)) {
    return Fail(ErrorCode::kInvalidParams, Say("%1 is not a regular file", path));
  }
  if (status.st_uid != geteuid() && status.st_uid != 0) {
    return Fail(ErrorCode::kNotPermitted, Say("%1 belongs to another user", path));
  }
  if ((status.st_mode & 077) != 0) {
    return Fail(
        ErrorCode::kNotPermitted,
        Say("other users can read %1; run 'chmod 600' on it, and choose another passphrase", path));
  }
  return {};
}

Result<SecretBytes> ReadFirstLine(const std::string& path) {
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.valid()) {
    return Fail(Error::FromErrno(ErrorCode::kInvalidParams, Say("open %1", path), errno));
  }
  if (const auto checked = CheckIsPrivate(file, path); !checked) {
    return Fail(checked.error());
  }
  // One more than may be, and the line's end.
  SecretBytes text(kMaxPassphraseBytes + 2);
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = read(file.get(), &text.mutable_bytes()[size], text.size() - size);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      break;
    }
    size += static_cast<std::size_t>(count);
  }
  text.Truncate(size);
  text.Truncate(std::min(size, text.text().find('\n')));
  if (text.size() > kMaxPassphraseBytes) {
    return Fail(ErrorCode::kInvalidParams, Say("the passphrase in %1 is too long", path));
  }
  return text;
}

// JSON carries nothing else.
bool IsUtf8(const SecretBytes& text) {
  try {
    static_cast<void>(nlohmann::json(std::string(text.text())).dump());
    return true;
  } catch (const nlohmann::json::exception&) {
    return false;
  }
}

std::size_t CharactersOf(const SecretBytes& text) {
  const auto bytes = text.bytes();
  return static_cast<std::size_t>(std::count_if(
      bytes.begin(), bytes.end(), [](std::uint8_t byte) { return (byte & 0xC0U) != 0x80U; }));
}

Result<SecretBytes> Ask(Terminal& terminal, bool twice) {
  auto first = terminal.AskHidden(Say("Passphrase of the backup: "));
  if (!first) {
    return Fail(ErrorCode::kInvalidParams,
                Say("no passphrase was entered, or one of more than 1024 bytes"));
  }
  if (!twice || !terminal.IsInteractive() || first->empty()) {
    return std::move(*first);
  }
  const auto second = terminal.AskHidden(Say("Repeat the passphrase: "));
  if (!second || !second->Equals(*first)) {
    return Fail(ErrorCode::kInvalidParams, Say("the two passphrases differ; nothing was done"));
  }
  return std::move(*first);
}

}  // namespace

Result<SecretBytes> AskPassphrase(const CliArguments& arguments, Terminal& terminal, bool twice) {
  auto passphrase = arguments.passphrase_file.empty() ? Ask(terminal, twice)
                                                      : ReadFirstLine(arguments.passphrase_file);
  if (!passphrase) {
    return passphrase;
  }
  if (passphrase->empty()) {
    return Fail(ErrorCode::kInvalidParams, Say("a backup needs a passphrase; nothing was done"));
  }
  if (!IsUtf8(*passphrase) || passphrase->text().find('\0') != std::string_view::npos) {
    return Fail(ErrorCode::kInvalidParams, Say("the passphrase must be text in UTF-8"));
  }
  if (twice && CharactersOf(*passphrase) < kFewPassphraseCharacters) {
    terminal.Warn(
        Say("This passphrase is short: anyone who has the file can try them all. Five or six "
            "random words are better.\n"));
  }
  return passphrase;
}

}  // namespace twofactor
