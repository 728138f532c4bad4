#include "helperd/twofactord/vault/database.h"

#include <fcntl.h>
#include <sqlite3.h>

#include <cerrno>
#include <map>
#include <utility>

#include "common/base/unique_fd.h"

namespace twofactor {
namespace {

Error SqliteFailed(std::string_view step, sqlite3* database) {
  const int status = sqlite3_errcode(database);
  const bool damaged = status == SQLITE_CORRUPT || status == SQLITE_NOTADB;
  return Error(damaged ? ErrorCode::kCorrupt : ErrorCode::kUnavailable, sqlite3_errmsg(database))
      .Under(step);
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

// SQLite would make the file with the process' umask; the WAL gets the mode of the database. The
// descriptor is closed before SQLite opens its own, because closing any of them drops the process'
// locks (fcntl(2)).
Result<void> MakeFile(const std::string& path) {
  const UniqueFd file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.valid()) {
    return Fail(Error::FromErrno(ErrorCode::kUnavailable, "open the vault " + path, errno));
  }
  return {};
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

 private:
  sqlite3* database_;
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
      return Fail(SqliteFailed("use the vault", database));
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

Result<Database> Database::Open(const std::string& path) {
  if (const auto made = MakeFile(path); !made) {
    return Fail(made.error());
  }
  sqlite3* opened = nullptr;
  const int status = sqlite3_open_v2(
      path.c_str(), &opened,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_PRIVATECACHE,
      nullptr);
  Database database(opened);
  if (status != SQLITE_OK) {
    return Fail(SqliteFailed("open the vault " + path, opened));
  }
  sqlite3_extended_result_codes(opened, 0);
  if (const auto set = database.Execute(kPragmas); !set) {
    return Fail(set.error().Under("open the vault " + path));
  }
  return database;
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

bool Database::InTransaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }

}  // namespace twofactor
