#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_DATABASE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_DATABASE_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "common/base/result.h"

struct sqlite3;
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

  // Moves to the next row; false after the last. Fails with kUnavailable (disk full, I/O) or
  // kCorrupt.
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
  // Opens or makes the file, mode 0600. Fails with kUnavailable, naming the step.
  static Result<Database> Open(const std::string& path);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) = delete;
  ~Database();

  // One statement of ours, parsed the first time and kept: `sql` is one of a fixed number of texts,
  // and values are bound. Fails with kInternal or kCorrupt.
  Result<Statement> Prepare(std::string_view sql);
  // Prepares and runs a statement without values. Fails as Statement::Step does.
  Result<void> Run(std::string_view sql);
  // Runs one or more statements without values, and keeps none. Fails as Statement::Step does.
  Result<void> Execute(const std::string& sql);
  bool InTransaction() const;

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  explicit Database(sqlite3* database);

  std::unique_ptr<sqlite3, Close> database_;
  std::unique_ptr<StatementCache> statements_;  // Dies first.
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_DATABASE_H_
