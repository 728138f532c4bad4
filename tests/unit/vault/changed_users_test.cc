#include "helperd/twofactord/vault/changed_users.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "helperd/twofactord/vault/schema.h"
#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

using Names = std::set<std::string>;

// The vault's tables and no more, so that every column can be written.
class ChangedUsersTest : public testing::Test {
 protected:
  ChangedUsersTest() : database_(Database::Open(directory_ / "vault").value()) {
    EXPECT_TRUE(PrepareSchema(database_));
    changed_.emplace(ChangedUsers::Watch(database_).value());
    Run("INSERT INTO devices (username, device, uid, slot, generation, created, algorithm, digits,"
        " interval, sealed) VALUES ('alice', 0, 1, 1, 1, 1, 1, 6, 30, x'00')");
    Run("INSERT INTO recovery_codes (username, hash) VALUES ('alice', x'00')");
    Run("INSERT INTO bypasses VALUES ('alice', 1, 1, 1, 1, '', '', x'00')");
    changed_->Take();
  }

  void Run(const std::string& sql) { EXPECT_TRUE(database_.Execute(sql)) << sql; }
  Names ChangedBy(const std::string& sql) {
    Run(sql);
    return changed_->Take();
  }
  std::vector<std::string> Texts(const std::string& sql) {
    auto select = database_.Prepare(sql).value();
    std::vector<std::string> texts;
    while (select.Step().value()) {
      texts.emplace_back(select.Text(0));
    }
    return texts;
  }

  TempDirectory directory_;
  Database database_;
  std::optional<ChangedUsers> changed_;
};

TEST_F(ChangedUsersTest, RowsThatComeAndGoAreChanges) {
  for (const char* table : {"devices", "bypasses"}) {
    const std::string copy = "copy_of_" + std::string(table);
    Run("CREATE TEMP TABLE " + copy + " AS SELECT * FROM " + table);
    EXPECT_EQ(ChangedBy("DELETE FROM " + std::string(table)), Names{"alice"}) << table;
    EXPECT_EQ(ChangedBy("INSERT INTO " + std::string(table) + " SELECT * FROM " + copy),
              Names{"alice"})
        << table;
    EXPECT_EQ(ChangedBy("INSERT OR REPLACE INTO " + std::string(table) + " SELECT * FROM " + copy),
              Names{"alice"})
        << table;
  }
  EXPECT_EQ(ChangedBy("INSERT INTO recovery_codes (username, hash) VALUES ('bob', x'01')"),
            Names{"bob"});
}

// A new column is a change of its device, until it is said here that it is a use.
TEST_F(ChangedUsersTest, EveryColumnOfADeviceIsAChangeButWhatAUseWrites) {
  const Names uses = {"sealed", "skew", "first_step", "counter"};
  for (const std::string& column : Texts("SELECT name FROM pragma_table_info('devices')")) {
    EXPECT_EQ(ChangedBy("UPDATE devices SET " + column + " = " + column).empty(),
              uses.contains(column))
        << column;
  }
}

TEST_F(ChangedUsersTest, DeviceThatGetsAnotherUserIsAChangeForBoth) {
  EXPECT_EQ(ChangedBy("UPDATE devices SET username = 'bob'"), (Names{"alice", "bob"}));
  EXPECT_EQ(ChangedBy("UPDATE recovery_codes SET username = 'bob'"), (Names{"alice", "bob"}));
  EXPECT_EQ(ChangedBy("UPDATE bypasses SET username = 'bob'"), (Names{"alice", "bob"}));
}

TEST_F(ChangedUsersTest, RecoveryCodeThatIsConsumedIsNone) {
  EXPECT_EQ(ChangedBy("DELETE FROM recovery_codes WHERE hash = x'00'"), Names{});
}

// Whoever adds a table with names decides whether it is a part of the second factor. Known origins
// and what was used of past secrets are not.
TEST_F(ChangedUsersTest, EveryTableWithNamesIsKnown) {
  EXPECT_EQ(Texts("SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c"
                  " WHERE m.type = 'table' AND c.name = 'username' ORDER BY m.name"),
            (std::vector<std::string>{"bypasses", "devices", "enrollment", "known_origins",
                                      "past_dropped", "past_recovery_codes", "past_secrets",
                                      "recovery_codes", "stale_users"}));
}

TEST_F(ChangedUsersTest, TriggersAreInNoFile) {
  EXPECT_TRUE(Texts("SELECT name FROM sqlite_master WHERE type = 'trigger'").empty());
}

}  // namespace
}  // namespace twofactor
