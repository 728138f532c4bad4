// The kinds of decisions, and the catalogue that explains them.
#include "common/base/audit_event.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>

namespace twofactor {
namespace {

std::set<std::string> IdsOfEvents() {
  std::set<std::string> ids;
  for (const AuditEvent& event : audit_event::kAll) {
    ids.insert(event.message_id);
  }
  return ids;
}

TEST(AuditEventTest, EachHasItsOwnId) {
  EXPECT_EQ(IdsOfEvents().size(), audit_event::kAll.size());
  for (const std::string& id : IdsOfEvents()) {
    EXPECT_EQ(id.size(), 32U);
    EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
  }
}

TEST(AuditEventTest, EachHasAnEntryInTheCatalogAndEachEntryBelongsToOne) {
  std::ifstream catalogue(TWOFACTOR_JOURNAL_CATALOG);
  std::set<std::string> ids;
  std::string line;
  while (std::getline(catalogue, line)) {
    if (line.starts_with("-- ")) {
      EXPECT_TRUE(ids.insert(line.substr(3)).second) << line << " is there twice";
    }
  }
  EXPECT_EQ(ids, IdsOfEvents());
}

}  // namespace
}  // namespace twofactor
