#include "helperd/twofactord/vault/key.h"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "common/base/paths.h"
#include "common/base/unique_fd.h"

namespace twofactor {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
// A key and a line end; one more shows that there is too much.
constexpr std::size_t kMaxKeyText = 2 * VaultKey::kBytes + 2;

int HexValue(char digit) {
  if (digit >= 'A' && digit <= 'F') {
    digit = static_cast<char>(digit - 'A' + 'a');
  }
  const std::size_t value = kHexDigits.find(digit);
  return value == std::string_view::npos ? -1 : static_cast<int>(value);
}

Result<void> CheckKeyFile(int fd, const std::string& path) {
  struct stat status {};
  if (fstat(fd, &status) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "examine the key file " + path, errno));
  }
  if (!S_ISREG(status.st_mode)) {
    return Fail(ErrorCode::kNotPermitted, "the key file " + path + " is not a regular file");
  }
  if ((status.st_uid != 0 && status.st_uid != geteuid()) || (status.st_mode & 077) != 0) {
    return Fail(ErrorCode::kNotPermitted, "the key file " + path +
                                              " can be read by others: make it root's own, with"
                                              " 'chown root' and 'chmod 0600'");
  }
  return {};
}

Result<SecretBytes> ReadKeyText(int fd, const std::string& path) {
  SecretBytes text(kMaxKeyText);
  std::size_t filled = 0;
  while (filled < text.size()) {
    const auto rest = text.mutable_bytes().subspan(filled);
    const ssize_t count = read(fd, rest.data(), rest.size());
    if (count < 0) {
      return Fail(
          Error::FromErrno(ErrorCode::kUnavailable, "read the vault's key from " + path, errno));
    }
    if (count == 0) {
      break;
    }
    filled += static_cast<std::size_t>(count);
  }
  text.Truncate(filled);
  return text;
}

Result<void> WriteDurably(int fd, const SecretBytes& text, const std::string& path) {
  const ssize_t count = write(fd, text.bytes().data(), text.size());
  if (count != static_cast<ssize_t>(text.size()) || fsync(fd) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "write the key file " + path, errno));
  }
  return {};
}

}  // namespace

Result<VaultKey> VaultKey::Parse(std::string_view text) {
  if (!text.empty() && text.back() == '\n') {
    text.remove_suffix(1);
  }
  const auto wrong = Fail(ErrorCode::kInvalidParams, "a vault key is 64 hexadecimal digits");
  if (text.size() != 2 * kBytes) {
    return wrong;
  }
  SecretBytes bytes(kBytes);
  for (std::size_t i = 0; i < kBytes; ++i) {
    const int high = HexValue(text[2 * i]);
    const int low = HexValue(text[2 * i + 1]);
    if (high < 0 || low < 0) {
      return wrong;
    }
    bytes.mutable_bytes()[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return VaultKey(std::move(bytes));
}

Result<VaultKey> VaultKey::FromBytes(SecretBytes bytes) {
  return bytes.size() == kBytes ? Result<VaultKey>(VaultKey(std::move(bytes)))
                                : Fail(ErrorCode::kCorrupt, "a vault key has 32 bytes");
}

Result<VaultKey> VaultKey::Generate() {
  SecretBytes bytes(kBytes);
  if (RAND_priv_bytes(bytes.mutable_bytes().data(), kBytes) != 1) {
    return Fail(ErrorCode::kInternal, "get random bytes for a vault key");
  }
  return VaultKey(std::move(bytes));
}

SecretBytes VaultKey::ToText() const {
  SecretBytes text(2 * kBytes + 1);
  const auto characters = text.mutable_bytes();
  for (std::size_t i = 0; i < kBytes; ++i) {
    characters[2 * i] = static_cast<std::uint8_t>(kHexDigits[bytes_.bytes()[i] >> 4]);
    characters[2 * i + 1] = static_cast<std::uint8_t>(kHexDigits[bytes_.bytes()[i] & 15]);
  }
  characters[2 * kBytes] = '\n';
  return text;
}

KeySource FindKeySource(const std::string& credentials_directory, const std::string& key_file) {
  if (credentials_directory.empty()) {
    return {KeySource::Kind::kFile, key_file, key_file};
  }
  const std::string kept_at =
      std::string(kSealedKeyFolders.front()) + "/" + std::string(kSealedKeyCredential);
  for (const std::string_view name : {kSealedKeyCredential, kPlainKeyCredential}) {
    std::string credential = credentials_directory + "/" + std::string(name);
    if (access(credential.c_str(), F_OK) == 0) {
      return {KeySource::Kind::kCredential, std::move(credential), kept_at};
    }
  }
  return {KeySource::Kind::kFile, key_file, kept_at};
}

Result<VaultKey> ReadKey(const KeySource& source) {
  const UniqueFd file(open(source.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.valid()) {
    return Fail(
        Error::FromErrno(ErrorCode::kUnavailable, "open the vault's key " + source.path, errno));
  }
  if (source.kind == KeySource::Kind::kFile) {
    if (const auto checked = CheckKeyFile(file.get(), source.path); !checked) {
      return Fail(checked.error());
    }
  }
  const auto text = ReadKeyText(file.get(), source.path);
  if (!text) {
    return Fail(text.error());
  }
  auto key = VaultKey::Parse(text->text());
  return key ? std::move(key) : Fail(key.error().Under(source.path));
}

Result<VaultKey> MakeKeyFile(const std::string& path,
                             const std::function<Result<void>()>& before_it_counts) {
  auto key = VaultKey::Generate();
  if (!key) {
    return key;
  }
  // Whole or not there at all, also after a kill: written beside its name, and linked to it only
  // then, which fails if something has that name.
  const std::string temporary = path + ".new";
  unlink(temporary.c_str());
  const UniqueFd file(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.valid()) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "make the key file " + path, errno));
  }
  if (const auto written = WriteDurably(file.get(), key->ToText(), path); !written) {
    unlink(temporary.c_str());
    return Fail(written.error());
  }
  if (const auto prepared = before_it_counts(); !prepared) {
    unlink(temporary.c_str());
    return Fail(prepared.error());
  }
  const bool linked = link(temporary.c_str(), path.c_str()) == 0;
  const int error = errno;
  unlink(temporary.c_str());
  if (!linked) {
    const auto code = error == EEXIST ? ErrorCode::kConflict : ErrorCode::kUnavailable;
    return Fail(Error::FromErrno(code, "make the key file " + path, error));
  }
  const std::string directory = path.substr(0, path.find_last_of('/') + 1);
  const UniqueFd parent(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!parent.valid() || fsync(parent.get()) != 0) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "make " + path + " durable", errno));
  }
  return key;
}

}  // namespace twofactor
