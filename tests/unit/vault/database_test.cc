#include "helperd/twofactord/vault/database.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "tests/support/temp_directory.h"

namespace twofactor {
namespace {

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() : database_(Database::Open(directory_ / "database.sqlite").value()) {
    EXPECT_TRUE(
        database_.Execute("CREATE TABLE numbers (number INTEGER NOT NULL) STRICT;"
                          "INSERT INTO numbers VALUES (1), (2), (3);"));
  }

  TempDirectory directory_;
  Database database_;
};

TEST_F(DatabaseTest, AStatementThatIsUsedAgainHasForgottenItsValues) {
  constexpr const char* kEcho = "SELECT ?";
  {
    auto first = database_.Prepare(kEcho).value();
    ASSERT_TRUE(first.Bind(std::int64_t{7}).Step().value());
    EXPECT_EQ(first.Integer(0), 7);
  }
  auto again = database_.Prepare(kEcho).value();
  ASSERT_TRUE(again.Step().value());
  EXPECT_EQ(again.Integer(0), 0);
}

TEST_F(DatabaseTest, TheSameStatementTwiceAtOnceIsTwo) {
  constexpr const char* kAll = "SELECT number FROM numbers ORDER BY number";
  auto one = database_.Prepare(kAll).value();
  auto other = database_.Prepare(kAll).value();
  ASSERT_TRUE(one.Step().value());
  ASSERT_TRUE(one.Step().value());
  ASSERT_TRUE(other.Step().value());
  EXPECT_EQ(one.Integer(0), 2);
  EXPECT_EQ(other.Integer(0), 1);
}

TEST_F(DatabaseTest, AStatementThatWasLeftHalfReadHoldsNothingOpen) {
  ASSERT_TRUE(database_.Run("BEGIN IMMEDIATE"));
  {
    auto select = database_.Prepare("SELECT number FROM numbers").value();
    ASSERT_TRUE(select.Step().value());
  }
  ASSERT_TRUE(database_.Run("COMMIT"));
  EXPECT_FALSE(database_.InTransaction());
  // SQLite refuses this while a statement reads the table.
  EXPECT_TRUE(database_.Execute("DROP TABLE numbers"));
}

TEST_F(DatabaseTest, AStatementIsParsedAnewWhenItsTableHasChanged) {
  constexpr const char* kCount = "SELECT COUNT(*), MAX(number) FROM numbers";
  ASSERT_TRUE(database_.Prepare(kCount).value().Step().value());
  ASSERT_TRUE(database_.Execute("ALTER TABLE numbers ADD COLUMN name TEXT"));
  auto count = database_.Prepare(kCount).value();
  ASSERT_TRUE(count.Step().value());
  EXPECT_EQ(count.Integer(1), 3);
}

}  // namespace
}  // namespace twofactor
