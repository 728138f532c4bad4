#include "tests/unit/vault/recording_vfs.h"

#include <sqlite3.h>

#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>

namespace twofactor {
namespace {

using Kind = FileOperation::Kind;

// SQLite gives a VFS neither a constructor nor a `this`.
RecordingVfs* recorder = nullptr;
sqlite3_vfs* real_vfs = nullptr;

// What SQLite allocates for a file: this, and behind it the real VFS' own.
struct RecordedFile {
  sqlite3_file base;
  std::string* path;

  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

RecordedFile& Of(sqlite3_file* file) { return *reinterpret_cast<RecordedFile*>(file); }

int Close(sqlite3_file* file) {
  delete Of(file).path;
  return Of(file).real()->pMethods->xClose(Of(file).real());
}
int Read(sqlite3_file* file, void* bytes, int size, sqlite3_int64 offset) {
  return Of(file).real()->pMethods->xRead(Of(file).real(), bytes, size, offset);
}
int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  recorder->Note({Kind::kWrite,
                  {},
                  static_cast<std::uint64_t>(offset),
                  std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size))},
                 *Of(file).path);
  return Of(file).real()->pMethods->xWrite(Of(file).real(), bytes, size, offset);
}
int Truncate(sqlite3_file* file, sqlite3_int64 size) {
  recorder->Note({Kind::kTruncate, {}, static_cast<std::uint64_t>(size)}, *Of(file).path);
  return Of(file).real()->pMethods->xTruncate(Of(file).real(), size);
}
int Sync(sqlite3_file* file, int /*flags*/) {
  recorder->Note({Kind::kSync, {}}, *Of(file).path);
  return SQLITE_OK;
}
int FileSize(sqlite3_file* file, sqlite3_int64* size) {
  return Of(file).real()->pMethods->xFileSize(Of(file).real(), size);
}
int Lock(sqlite3_file* file, int level) {
  return Of(file).real()->pMethods->xLock(Of(file).real(), level);
}
int Unlock(sqlite3_file* file, int level) {
  return Of(file).real()->pMethods->xUnlock(Of(file).real(), level);
}
int CheckReservedLock(sqlite3_file* file, int* held) {
  return Of(file).real()->pMethods->xCheckReservedLock(Of(file).real(), held);
}
int FileControl(sqlite3_file* file, int what, void* argument) {
  return Of(file).real()->pMethods->xFileControl(Of(file).real(), what, argument);
}
int SectorSize(sqlite3_file* file) {
  return Of(file).real()->pMethods->xSectorSize(Of(file).real());
}
int DeviceCharacteristics(sqlite3_file* file) {
  return Of(file).real()->pMethods->xDeviceCharacteristics(Of(file).real());
}

// Version 1: no shared memory and no mapping, neither of which a database for one process uses.
const sqlite3_io_methods* Methods() {
  static const sqlite3_io_methods methods = [] {
    sqlite3_io_methods made{};
    made.iVersion = 1;
    made.xClose = Close;
    made.xRead = Read;
    made.xWrite = Write;
    made.xTruncate = Truncate;
    made.xSync = Sync;
    made.xFileSize = FileSize;
    made.xLock = Lock;
    made.xUnlock = Unlock;
    made.xCheckReservedLock = CheckReservedLock;
    made.xFileControl = FileControl;
    made.xSectorSize = SectorSize;
    made.xDeviceCharacteristics = DeviceCharacteristics;
    return made;
  }();
  return &methods;
}

int Open(sqlite3_vfs* /*vfs*/, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  RecordedFile& recorded = Of(file);
  file->pMethods = nullptr;
  const int status = real_vfs->xOpen(real_vfs, path, recorded.real(), flags, out_flags);
  if (status == SQLITE_OK) {
    recorded.path = new std::string(path == nullptr ? "" : path);
    file->pMethods = Methods();
  }
  return status;
}

int Delete(sqlite3_vfs* /*vfs*/, const char* path, int sync_directory) {
  recorder->Note({sync_directory != 0 ? Kind::kDurableDelete : Kind::kDelete, {}}, path);
  return real_vfs->xDelete(real_vfs, path, 0);
}

sqlite3_vfs& Vfs() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs made = *real_vfs;
    made.zName = "recorder";
    made.szOsFile = static_cast<int>(sizeof(RecordedFile)) + real_vfs->szOsFile;
    made.xOpen = Open;
    made.xDelete = Delete;
    return made;
  }();
  return vfs;
}

}  // namespace

RecordingVfs::RecordingVfs(const std::string& path) : path_(path) {
  if (recorder != nullptr) {
    throw std::logic_error("there is a recorder already");
  }
  recorder = this;
  if (real_vfs == nullptr) {
    real_vfs = sqlite3_vfs_find(nullptr);
  }
  sqlite3_vfs_register(&Vfs(), 1);
}

RecordingVfs::~RecordingVfs() {
  sqlite3_vfs_unregister(&Vfs());
  recorder = nullptr;
}

void RecordingVfs::Note(FileOperation operation, const std::string& path) {
  if (path.rfind(path_, 0) == 0) {
    operation.suffix = path.substr(path_.size());
    operations_.push_back(std::move(operation));
  }
}

}  // namespace twofactor
