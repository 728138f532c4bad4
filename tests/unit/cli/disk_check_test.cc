#include "cli/doctor/disk_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/doctor/checks.h"

namespace twofactor {
namespace {

using testing::HasSubstr;
using Level = Finding::Level;

constexpr std::uint64_t kMuch = 1UL << 30;
constexpr const char* kFolder = "/var/lib/twofactor";

TEST(DiskCheckTest, DiskWithRoomIsNothingToTell) {
  EXPECT_TRUE(JudgeDisk("disk", kFolder, {kMuch, 1000, true, false}).empty());
  EXPECT_TRUE(JudgeDisk("disk", kFolder, {kMuch, 0, false, false}).empty());
}

TEST(DiskCheckTest, FullDiskIsAProblemAndANearlyFullOneAWarning) {
  for (const DiskSpace& full :
       {DiskSpace{0, 1000, true, false}, DiskSpace{kMuch, 0, true, false}}) {
    const Findings findings = JudgeDisk("disk", kFolder, full);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].id, "disk.full");
    EXPECT_EQ(findings[0].level, Level::kProblem);
    EXPECT_THAT(findings[0].text, HasSubstr(kFolder));
    EXPECT_THAT(findings[0].advice, HasSubstr("df "));
  }
  EXPECT_EQ(JudgeDisk("run.disk", "/run/twofactor", {4096, 1000, true, false}).at(0).id,
            "run.disk.full");
  EXPECT_EQ(JudgeDisk("disk", kFolder, {4096, 1000, true, false}).at(0).level, Level::kWarning);
}

TEST(DiskCheckTest, DiskThatTakesNoChangesIsAProblem) {
  const Findings findings = JudgeDisk("disk", kFolder, {kMuch, 1000, true, true});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].id, "disk.read-only");
  EXPECT_EQ(findings[0].level, Level::kProblem);
  EXPECT_THAT(findings[0].advice, HasSubstr("findmnt"));
}

TEST(DiskCheckTest, DirectoryThatIsNotThereIsToldElsewhere) {
  EXPECT_TRUE(CheckDisks("/nowhere", RunPaths("/nowhere")).empty());
}

}  // namespace
}  // namespace twofactor
