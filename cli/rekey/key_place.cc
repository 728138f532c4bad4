#include "cli/rekey/key_place.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "cli/folder_of.h"
#include "cli/tool.h"
#include "cli/translate.h"
#include "common/base/paths.h"

namespace twofactor {
namespace {

constexpr std::size_t kKeyDigits = 64;
constexpr std::size_t kMaxToolBytes = 1024;

struct Found {
  std::string path;
  bool sealed;
};

Error Failed(const std::string& step, int error) {
  return Error::FromErrno(error == EACCES ? ErrorCode::kNotPermitted : ErrorCode::kUnavailable,
                          step, error);
}

Result<void> Look(const std::string& path, bool sealed, std::vector<Found>& found) {
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0) {
    found.push_back({path, sealed});
    return {};
  }
  return errno == ENOENT || errno == ENOTDIR ? Result<void>()
                                             : Fail(Failed(Say("look for %1", path), errno));
}

Result<std::vector<Found>> LookEverywhere(const std::string& root) {
  const std::string base = root == "/" ? "" : root;
  std::vector<Found> places;
  places.reserve(kSealedKeyFolders.size() + kPlainKeyFolders.size() + 1);
  for (const std::string_view folder : kSealedKeyFolders) {
    places.push_back({base + std::string(folder) + "/" + std::string(kSealedKeyCredential), true});
  }
  for (const std::string_view folder : kPlainKeyFolders) {
    places.push_back({base + std::string(folder) + "/" + std::string(kPlainKeyCredential), false});
  }
  places.push_back({base + std::string(kDefaultKeyFile), false});
  std::vector<Found> found;
  for (const Found& place : places) {
    if (const auto looked = Look(place.path, place.sealed, found); !looked) {
      return Fail(looked.error());
    }
  }
  return found;
}

Result<Found> FindOnly(const std::string& root) {
  const auto found = LookEverywhere(root);
  if (!found) {
    return Fail(found.error());
  }
  if (found->empty()) {
    return Fail(ErrorCode::kConflict, Say("no vault key was found; name its file with --key-file, "
                                          "as key_file of twofactord.conf does"));
  }
  if (found->size() > 1) {
    return Fail(
        ErrorCode::kConflict,
        Say("there are several keys, %1 and %2; move away those that are not the key of the vault",
            (*found)[0].path, (*found)[1].path));
  }
  return found->front();
}

// The digits without a line end.
Result<SecretBytes> Trimmed(SecretBytes text, const std::string& path) {
  if (text.size() == kKeyDigits + 1 && text.text().back() == '\n') {
    text.Truncate(kKeyDigits);
  }
  return text.size() == kKeyDigits
             ? Result<SecretBytes>(std::move(text))
             : Fail(ErrorCode::kUnavailable, Say("%1 is not a vault key", path));
}

Result<SecretBytes> ReadPlain(const std::string& path) {
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  SecretBytes text(kKeyDigits + 2);
  const ssize_t count =
      file.valid() ? read(file.get(), text.mutable_bytes().data(), text.size()) : -1;
  if (count < 0) {
    return Fail(Failed(Say("read the vault's key %1", path), errno));
  }
  text.Truncate(static_cast<std::size_t>(count));
  return Trimmed(std::move(text), path);
}

Result<void> WritePlain(const SecretBytes& key, const std::string& path) {
  const UniqueFd file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  SecretBytes text(key.size() + 1);
  std::copy(key.bytes().begin(), key.bytes().end(), text.mutable_bytes().begin());
  text.mutable_bytes()[key.size()] = '\n';
  const auto size = static_cast<ssize_t>(text.size());
  return file.valid() && write(file.get(), text.bytes().data(), text.size()) == size
             ? Result<void>()
             : Fail(Failed(Say("write %1", path), errno));
}

// Whose it is stays, and its bytes are on disk.
Result<void> Settle(const std::string& path, const std::string& like) {
  struct stat status {};
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  return file.valid() && stat(like.c_str(), &status) == 0 &&
                 fchown(file.get(), status.st_uid, status.st_gid) == 0 && fsync(file.get()) == 0
             ? Result<void>()
             : Fail(Failed(Say("write %1", path), errno));
}

// What a tool makes of `input`.
Result<SecretBytes> MadeBy(const std::vector<std::string>& command, const SecretBytes& input) {
  auto answer = RunTool({command, kMaxToolBytes, {}}, input.text());
  if (!answer) {
    return Fail(answer.error());
  }
  return answer->status == 0 ? Result<SecretBytes>(std::move(answer->output))
                             : Fail(ErrorCode::kUnavailable, Say("%1 failed", command[0]));
}

}  // namespace

Result<KeyPlace> KeyPlace::Take(const std::string& root, const std::string& key_file,
                                KeyTools tools) {
  const auto found = key_file.empty() ? FindOnly(root) : Result<Found>(Found{key_file, false});
  if (!found) {
    return Fail(found.error());
  }
  UniqueFd folder(open(FolderOf(found->path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid()) {
    return Fail(Failed(Say("open the folder of %1", found->path), errno));
  }
  if (flock(folder.get(), LOCK_EX | LOCK_NB) != 0) {
    return Fail(ErrorCode::kConflict, Say("another rekey is running on %1", found->path));
  }
  return KeyPlace(found->path, found->sealed, std::move(tools), std::move(folder));
}

KeyKind KeyPlace::kind() const { return sealed_ ? KindOfSealedKey(path_) : KeyKind::kFile; }

Result<SecretBytes> KeyPlace::Read() const { return ReadFrom(path_); }

Result<SecretBytes> KeyPlace::ReadFrom(const std::string& path) const {
  if (!sealed_) {
    return ReadPlain(path);
  }
  auto text = MadeBy(
      {tools_.open, "decrypt", "--name=" + std::string(kSealedKeyCredential), path, "-"}, {});
  return text ? Trimmed(std::move(*text), path)
              : Fail(text.error().Under(Say("open the vault's key %1", path)));
}

Result<void> KeyPlace::Write(const SecretBytes& key, const std::string& path) const {
  unlink(path.c_str());
  if (!sealed_) {
    return WritePlain(key, path);
  }
  const auto sealed = MadeBy({tools_.seal, path}, key);
  return sealed ? Result<void>() : Fail(sealed.error().Under(Say("seal the new key")));
}

Result<void> KeyPlace::Put(const SecretBytes& key) const {
  const std::string beside = path_ + ".new";
  auto put = Write(key, beside);
  put = put ? Settle(beside, path_) : put;
  if (put) {
    const auto written = ReadFrom(beside);
    const bool opens = written && written->Equals(key);
    put = opens ? Result<void>()
                : Fail(ErrorCode::kUnavailable,
                       Say("the new key %1 cannot be decrypted again", beside));
  }
  if (put && rename(beside.c_str(), path_.c_str()) != 0) {
    put = Fail(Failed(Say("put the new key into its place"), errno));
  }
  if (!put) {
    unlink(beside.c_str());
    return put;
  }
  return fsync(folder_.get()) == 0 ? Result<void>()
                                   : Fail(Failed(Say("put the new key into its place"), errno));
}

}  // namespace twofactor
