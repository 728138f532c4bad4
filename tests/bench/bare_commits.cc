#include "tests/bench/bare_commits.h"

#include <sqlite3.h>

#include <array>
#include <memory>
#include <stdexcept>

#include "tests/bench/pam_login.h"

namespace twofactor::bench {
namespace {

constexpr const char* kSetUp =
    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
    "CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, sealed BLOB) WITHOUT ROWID;";
constexpr const char* kPut = "INSERT OR REPLACE INTO secrets VALUES (?, ?)";
constexpr int kUsers = 64;

struct Close {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

void Check(int status) {
  if (status != SQLITE_OK && status != SQLITE_DONE) {
    throw std::runtime_error(sqlite3_errstr(status));
  }
}

}  // namespace

std::vector<std::int64_t> CommitFor(const std::string& path, std::chrono::milliseconds time) {
  sqlite3* opened = nullptr;
  Check(sqlite3_open(path.c_str(), &opened));
  const std::unique_ptr<sqlite3, Close> database(opened);
  Check(sqlite3_exec(opened, kSetUp, nullptr, nullptr, nullptr));
  sqlite3_stmt* prepared = nullptr;
  Check(sqlite3_prepare_v2(opened, kPut, -1, &prepared, nullptr));
  const std::unique_ptr<sqlite3_stmt, Close> put(prepared);
  std::array<char, 128> sealed{};
  std::vector<std::int64_t> times;
  const std::int64_t end = NowNanoseconds() + std::chrono::nanoseconds(time).count();
  for (std::int64_t start = NowNanoseconds(); start < end;) {
    const std::string name = std::to_string(times.size() % kUsers);
    ++sealed[times.size() % sealed.size()];
    Check(sqlite3_bind_text(prepared, 1, name.c_str(), -1, SQLITE_TRANSIENT));
    Check(sqlite3_bind_blob(prepared, 2, sealed.data(), sealed.size(), SQLITE_TRANSIENT));
    Check(sqlite3_step(prepared));
    Check(sqlite3_reset(prepared));
    const std::int64_t now = NowNanoseconds();
    times.push_back(now - start);
    start = now;
  }
  return times;
}

}  // namespace twofactor::bench
