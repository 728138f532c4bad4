#include "helperd/twofactord/vault/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>
#include <utility>

#include "common/base/unique_fd.h"

namespace twofactor {
namespace {

ErrorCode CodeOf(int status) {
  switch (status) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::kCorrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::kConflict;
    case SQLITE_READONLY:
      return ErrorCode::kReadOnly;
    default:
      return ErrorCode::kUnavailable;
  }
}

Error SqliteFailed(std::string_view step, sqlite3* database) {
  return Error(CodeOf(sqlite3_errcode(database)), sqlite3_errmsg(database)).Under(step);
}

// FULL: a commit that was answered survives a power cut. EXCLUSIVE: nobody else opens the vault,
// and no -shm file is needed. secure_delete: the seal of a dead secret is overwritten.
constexpr const char* kPragmas =
    "PRAGMA locking_mode=EXCLUSIVE;"
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=FULL;"
    "PRAGMA foreign_keys=ON;"
    "PRAGMA secure_delete=ON;"
    "PRAGMA trusted_schema=OFF;";

// Nothing of a copy needs to survive. The last statement reads it, log and all.
constexpr const char* kPragmasOfCopy =
    "PRAGMA locking_mode=EXCLUSIVE;"
    "PRAGMA synchronous=OFF;"
    "PRAGMA foreign_keys=ON;"
    "PRAGMA trusted_schema=OFF;"
    "SELECT COUNT(*) FROM sqlite_schema;";

// SQLite would make the file with the process' umask; the WAL gets the mode of the database. The
// descriptor is closed before SQLite opens its own, because closing any of them drops the process'
// locks (fcntl(2)).
Result<void> MakeFile(const std::string& path, int if_absent) {
  const UniqueFd file(open(path.c_str(), O_RDWR | if_absent | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid()) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "open the vault " + path, errno));
  }
  return {};
}

// What a database in WAL mode may consist of. A rollback journal is left where a process was killed
// before the mode was set.
constexpr std::array<const char*, 3> kDatabaseFiles = {"", "-wal", "-journal"};

Result<void> CopyBytes(int from, int to, const std::string& path) {
  constexpr std::size_t kAtATime = 1 << 20;
  for (;;) {
    const ssize_t count = sendfile(to, from, nullptr, kAtATime);
    if (count < 0) {
      return Fail(Error::FromErrno(ErrorCode::kUnavailable, "copy the vault to " + path, errno));
    }
    if (count == 0) {
      return {};
    }
  }
}

Result<void> CopyFile(const std::string& from, const std::string& to) {
  const UniqueFd source(open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!source.valid()) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "read the vault " + from, errno));
  }
  const UniqueFd copy(open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!copy.valid()) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "copy the vault to " + to, errno));
  }
  return CopyBytes(source.get(), copy.get(), to);
}

void RemoveDatabase(const std::string& path) {
  for (const char* file : kDatabaseFiles) {
    unlink((path + file).c_str());
  }
}

Result<void> CopyDatabase(const std::string& from, const std::string& to) {
  RemoveDatabase(to);  // What a killed process left.
  for (const char* file : kDatabaseFiles) {
    if (*file != '\0' && access((from + file).c_str(), F_OK) != 0 && errno == ENOENT) {
      continue;
    }
    if (const auto copied = CopyFile(from + file, to + file); !copied) {
      return copied;
    }
  }
  return {};
}

using TextFunction = std::function<void(std::string_view)>;

void CallTextFunction(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
  const auto* called = static_cast<const TextFunction*>(sqlite3_user_data(context));
  const void* text = sqlite3_value_text(values[0]);
  const auto bytes = static_cast<std::size_t>(sqlite3_value_bytes(values[0]));
  if (text != nullptr) {
    (*called)({static_cast<const char*>(text), bytes});
  }
  sqlite3_result_null(context);
}

}  // namespace

// Statements that nobody uses at the moment, by their text.
class StatementCache {
 public:
  explicit StatementCache(sqlite3* database) : database_(database) {}
  StatementCache(const StatementCache&) = delete;
  StatementCache& operator=(const StatementCache&) = delete;
  ~StatementCache() {
    for (const auto& [sql, statement] : idle_) {
      sqlite3_finalize(statement);
    }
  }

  Result<Statement> Take(std::string_view sql) {
    if (auto kept = idle_.find(sql); kept != idle_.end()) {
      return Statement(idle_.extract(kept).mapped(), *this);
    }
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(database_, sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
      return Fail(SqliteFailed("prepare a statement", database_));
    }
    return Statement(statement, *this);
  }

  // Ends what it was doing, so that it holds no transaction open, and forgets its values.
  void GiveBack(sqlite3_stmt* statement) {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    idle_.emplace(sqlite3_sql(statement), statement);
  }

  // Of a database that refuses changes: why.
  void set_read_only_because(const std::string& why) { read_only_because_ = why; }

  Error StepFailed() const {
    return !read_only_because_.empty() && sqlite3_errcode(database_) == SQLITE_READONLY
               ? Error(ErrorCode::kReadOnly, read_only_because_)
               : SqliteFailed("use the vault", database_);
  }

 private:
  sqlite3* database_;
  std::string read_only_because_;
  std::multimap<std::string, sqlite3_stmt*, std::less<>> idle_;
};

void Statement::GiveBack::operator()(sqlite3_stmt* statement) const { cache->GiveBack(statement); }

Statement& Statement::Bind(std::int64_t value) {
  failed_ |= sqlite3_bind_int64(statement_.get(), ++bound_, value) != SQLITE_OK;
  return *this;
}

Statement& Statement::Bind(std::string_view text) {
  failed_ |= sqlite3_bind_text64(statement_.get(), ++bound_, text.data(), text.size(),
                                 SQLITE_TRANSIENT, SQLITE_UTF8) != SQLITE_OK;
  return *this;
}

Statement& Statement::Bind(std::span<const std::uint8_t> blob) {
  failed_ |= sqlite3_bind_blob64(statement_.get(), ++bound_, blob.data(), blob.size(),
                                 SQLITE_TRANSIENT) != SQLITE_OK;
  return *this;
}

Statement& Statement::Reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
  bound_ = 0;
  failed_ = false;
  return *this;
}

Result<bool> Statement::Step() {
  sqlite3* database = sqlite3_db_handle(statement_.get());
  if (failed_) {
    return Fail(SqliteFailed("bind a value", database));
  }
  switch (sqlite3_step(statement_.get())) {
    case SQLITE_ROW:
      return true;
    case SQLITE_DONE:
      return false;
    default:
      return Fail(statement_.get_deleter().cache->StepFailed());
  }
}

Result<bool> Statement::StepToEnd() {
  bool any = false;
  for (;;) {
    const auto row = Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      return any;
    }
    any = true;
  }
}

Result<void> Statement::Run() {
  if (const auto stepped = Step(); !stepped) {
    return Fail(stepped.error());
  }
  return {};
}

std::int64_t Statement::Integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::Text(int column) const {
  const void* text = sqlite3_column_text(statement_.get(), column);
  const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return text == nullptr ? std::string_view()
                         : std::string_view(static_cast<const char*>(text), bytes);
}

std::span<const std::uint8_t> Statement::Blob(int column) const {
  const void* blob = sqlite3_column_blob(statement_.get(), column);
  const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return {static_cast<const std::uint8_t*>(blob), bytes};
}

void Database::Close::operator()(sqlite3* database) const { sqlite3_close(database); }

Database::Database(sqlite3* database)
    : database_(database), statements_(std::make_unique<StatementCache>(database)) {}
Database::Database(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::OpenFile(const std::string& path, const char* pragmas) {
  sqlite3* opened = nullptr;
  const int status = sqlite3_open_v2(
      path.c_str(), &opened,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_PRIVATECACHE,
      nullptr);
  Database database(opened);
  if (status != SQLITE_OK) {
    return Fail(SqliteFailed("open the vault " + path, opened));
  }
  // SQLite opens for reading what it may not write.
  if (sqlite3_db_readonly(opened, "main") == 1) {
    return Fail(ErrorCode::kUnavailable, "open the vault " + path + ": it cannot be written");
  }
  sqlite3_extended_result_codes(opened, 0);
  if (const auto set = database.Execute(pragmas); !set) {
    return Fail(set.error().Under("open the vault " + path));
  }
  return database;
}

Result<Database> Database::Open(const std::string& path, IfAbsent if_absent) {
  const auto made = MakeFile(path, if_absent == IfAbsent::kMake ? O_CREAT : 0);
  return made ? OpenFile(path, kPragmas) : Fail(made.error());
}

Result<Database> Database::OpenCopy(const std::string& path, const std::string& copy) {
  const auto copied = CopyDatabase(path, copy);
  auto database = copied ? OpenFile(copy, kPragmasOfCopy) : Fail(copied.error());
  // It is open, and so is its log.
  RemoveDatabase(copy);
  return database;
}

Result<void> Database::RefuseChanges(const std::string& why) {
  statements_->set_read_only_because(why);
  return Execute("PRAGMA query_only=ON");
}

Result<Database> Database::OpenTemporary() {
  sqlite3* opened = nullptr;
  // The empty name: SQLite unlinks the file as it makes it (sqlite.org/inmemorydb.html).
  const int status = sqlite3_open_v2(
      "", &opened,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE,
      nullptr);
  Database database(opened);
  if (status != SQLITE_OK) {
    return Fail(SqliteFailed("open a temporary database", opened));
  }
  // Nothing of it needs to survive, nor to be undone.
  const auto set = database.Execute("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;");
  return set ? Result<Database>(std::move(database))
             : Fail(set.error().Under("open a temporary database"));
}

Result<Statement> Database::Prepare(std::string_view sql) { return statements_->Take(sql); }

Result<void> Database::Run(std::string_view sql) {
  auto statement = Prepare(sql);
  return statement ? statement->Run() : Fail(statement.error());
}

Result<void> Database::Execute(const std::string& sql) {
  if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return Fail(SqliteFailed("use the vault", database_.get()));
  }
  return {};
}

Result<void> Database::AddFunction(const char* name, TextFunction called) {
  const int status = sqlite3_create_function_v2(
      database_.get(), name, 1, SQLITE_UTF8, new TextFunction(std::move(called)), CallTextFunction,
      nullptr, nullptr, [](void* kept) { delete static_cast<TextFunction*>(kept); });
  return status == SQLITE_OK ? Result<void>()
                             : Fail(SqliteFailed("add a function", database_.get()));
}

bool Database::InTransaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }

void DatabaseCopy::Finish::operator()(sqlite3_backup* backup) const {
  sqlite3_backup_finish(backup);
}

Result<DatabaseCopy> DatabaseCopy::Begin(Database& source) {
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks): the analyzer loses sight of *copy.
  auto copy = Database::OpenTemporary();
  if (!copy) {
    return Fail(copy.error());
  }
  sqlite3_backup* const backup =
      sqlite3_backup_init(copy->database_.get(), "main", source.database_.get(), "main");
  if (backup == nullptr) {
    return Fail(SqliteFailed("copy the vault", copy->database_.get()));
  }
  return DatabaseCopy(std::move(*copy), backup);
}

Result<bool> DatabaseCopy::Step(int pages) {
  switch (sqlite3_backup_step(backup_.get(), pages)) {
    case SQLITE_OK:
      return false;
    case SQLITE_DONE:
      return true;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Fail(ErrorCode::kCorrupt, "copy the vault: it is damaged");
    default:
      return Fail(ErrorCode::kUnavailable,
                  "copy the vault to the temporary directory: is its disk full?");
  }
}

Database DatabaseCopy::Take() {
  backup_.reset();
  return std::move(copy_);
}

}  // namespace twofactor
