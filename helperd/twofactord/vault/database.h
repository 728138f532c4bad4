#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_DATABASE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_DATABASE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/result.h"

struct sqlite3;
struct sqlite3_backup;
struct sqlite3_stmt;

namespace twofactor {

class StatementCache;

// One prepared statement. Values are bound in order, from 1. Goes back to its database's cache when
// it dies, which must be before the database does. Not synchronised.
class Statement {
 public:
  Statement& Bind(std::int64_t value);
  Statement& Bind(std::string_view text);
  Statement& Bind(std::span<const std::uint8_t> blob);

  // Back to before the first row, with no values bound: to run it once more.
  Statement& Reset();

  // Moves to the next row; false after the last. Fails with kUnavailable (disk full, I/O),
  // kReadOnly, kConflict (another process has the database open) or kCorrupt.
  Result<bool> Step();
  // Moves beyond the last row; was there one? Same failures.
  Result<bool> StepToEnd();
  // Runs a statement that gives no rows. Same failures.
  Result<void> Run();

  // Columns of the current row, from 0. Views are valid until the next Step.
  std::int64_t Integer(int column) const;
  std::string_view Text(int column) const;
  std::span<const std::uint8_t> Blob(int column) const;

 private:
  friend class StatementCache;
  struct GiveBack {
    StatementCache* cache;
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(sqlite3_stmt* statement, StatementCache& cache)
      : statement_(statement, GiveBack{&cache}) {}

  std::unique_ptr<sqlite3_stmt, GiveBack> statement_;
  int bound_ = 0;
  bool failed_ = false;
};

// One connection to an SQLite database, durable (WAL, synchronous=FULL) and for this process alone.
// The only unit that knows SQLite. One thread at a time.
class Database {
 public:
  enum class IfAbsent { kMake, kFail };

  // Opens the file, or makes it, mode 0600. Fails with kUnavailable where that cannot be, or where
  // it could not be written; kConflict where another process has it open; kCorrupt. The message
  // names the step.
  static Result<Database> Open(const std::string& path, IfAbsent if_absent = IfAbsent::kMake);
  // Opens what the file at `path` and its log hold, and changes nothing there: from copies at
  // `copy`, which have no name any more when this returns, so that changes end with this object.
  // Nobody else may have the database open. Fails with kUnavailable or kCorrupt.
  static Result<Database> OpenCopy(const std::string& path, const std::string& copy);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) = delete;
  ~Database();

  // A new one that nobody else sees, in the temporary directory beyond what fits into a small
  // cache, and gone with this object. Fails with kUnavailable.
  static Result<Database> OpenTemporary();

  // One statement of ours, parsed the first time and kept: `sql` is one of a fixed number of texts,
  // and values are bound. Fails with kInternal or kCorrupt.
  Result<Statement> Prepare(std::string_view sql);
  // Prepares and runs a statement without values. Fails as Statement::Step does.
  Result<void> Run(std::string_view sql);
  // Runs one or more statements without values, and keeps none. Fails as Statement::Step does.
  Result<void> Execute(const std::string& sql);
  bool InTransaction() const;
  // From now on changes fail with kReadOnly, and `why`.
  Result<void> RefuseChanges(const std::string& why);
  // Gives the triggers a function of this name, which takes one text. Fails with kUnavailable.
  Result<void> AddFunction(const char* name, std::function<void(std::string_view text)> called);

 private:
  friend class DatabaseCopy;
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit Database(sqlite3* database);
  static Result<Database> OpenFile(const std::string& path, const char* pragmas);

  std::unique_ptr<sqlite3, Close> database_;
  std::unique_ptr<StatementCache> statements_;  // Dies first.
};

// A temporary copy of a database that is being made, a piece at a time, while its source goes on:
// what is committed there meanwhile comes along, so the copy is the source at the moment at which
// it is whole. On the source's thread; the source must outlive it.
class DatabaseCopy {
 public:
  // Fails with kUnavailable.
  static Result<DatabaseCopy> Begin(Database& source);

  // Copies so many pages; true once all are copied. Not within a transaction of the source. Fails
  // with kUnavailable or kCorrupt.
  Result<bool> Step(int pages);
  // What was copied, once it is whole.
  Database Take();

 private:
  struct Finish {
    void operator()(sqlite3_backup* backup) const;
  };
  DatabaseCopy(Database copy, sqlite3_backup* backup) : copy_(std::move(copy)), backup_(backup) {}

  Database copy_;
  std::unique_ptr<sqlite3_backup, Finish> backup_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_DATABASE_H_
