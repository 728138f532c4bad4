// users.oath: what pam_oath knows, and that a used code stays used.
#include "cli/import/users_oath.h"

#include <chrono>

#include "tests/unit/cli/import_fixture.h"

namespace twofactor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Type = ImportedDevice::Type;

ImportedUsers ParseLines(const std::string& text, const std::string& user = "") {
  auto users = ParseUsersOath(text, ContextFor(user));
  EXPECT_TRUE(users) << users.error().message();
  return users ? std::move(*users) : ImportedUsers();
}

// The only user of a file of one line with the RFC's secret.
ImportedUser UserOf(const std::string& type, const std::string& rest = "") {
  ImportedUsers users = ParseLines(type + "\talice\t-\t" + std::string(kRfcHex) + rest + "\n");
  EXPECT_EQ(users.size(), 1U);
  return std::move(users.front());
}

TEST(UsersOathTest, EveryTypeOfPamOathIsKnown) {
  struct Row {
    const char* type;
    Type kind;
    int digits;
    int interval;
  };
  for (const Row& row :
       {Row{"HOTP", Type::kHotp, 6, 30}, Row{"HOTP/E", Type::kHotp, 6, 30},
        Row{"HOTP/E/6", Type::kHotp, 6, 30}, Row{"HOTP/E/7", Type::kHotp, 7, 30},
        Row{"HOTP/E/8", Type::kHotp, 8, 30}, Row{"HOTP/T30", Type::kTotp, 6, 30},
        Row{"HOTP/T30/6", Type::kTotp, 6, 30}, Row{"HOTP/T30/7", Type::kTotp, 7, 30},
        Row{"HOTP/T30/8", Type::kTotp, 8, 30}, Row{"HOTP/T60", Type::kTotp, 6, 60},
        Row{"HOTP/T60/6", Type::kTotp, 6, 60}, Row{"HOTP/T60/7", Type::kTotp, 7, 60},
        Row{"HOTP/T60/8", Type::kTotp, 8, 60}}) {
    const ImportedUser user = UserOf(row.type);
    ASSERT_EQ(user.devices.size(), 1U) << row.type;
    const ImportedDevice& device = user.devices[0];
    EXPECT_EQ(device.type, row.kind) << row.type;
    EXPECT_EQ(device.parameters.digits, row.digits) << row.type;
    EXPECT_EQ(device.parameters.interval.count(), row.interval) << row.type;
    EXPECT_EQ(device.parameters.algorithm, OtpAlgorithm::kSha1);
    EXPECT_EQ(device.secret.text(), kRfcSecret);
    EXPECT_EQ(device.counter, 0U);
    EXPECT_EQ(device.first_step, 0U);
    // pam_oath takes other lengths all the same.
    EXPECT_EQ(user.notes.size(), row.digits == 6 ? 0U : 1U) << row.type;
    EXPECT_THAT(user.refusals, IsEmpty());
  }
}

TEST(UsersOathTest, WhatPamOathPassesOverIsPassedOverAndToldAndAUserWithNothingElseIsRefused) {
  const ImportedUsers users = ParseLines(
      "# a comment HOTP bob - 00\n\nMOTP/E alice - 00\nHOTP alice - 00\nHOTP/T90 carol - 00\n"
      "HOTP/E/5 carol - 00\nHOTP dave -\n");
  ASSERT_EQ(users.size(), 3U);
  EXPECT_EQ(users[0].name, "alice");
  EXPECT_EQ(users[0].devices.size(), 1U);
  EXPECT_THAT(users[0].notes, ElementsAre(HasSubstr("line 3: passed over")));
  EXPECT_THAT(users[0].refusals, IsEmpty());
  EXPECT_EQ(users[1].name, "carol");
  EXPECT_THAT(users[1].refusals, ElementsAre(HasSubstr("'HOTP/T90'"), HasSubstr("'HOTP/E/5'")));
  EXPECT_THAT(users[2].refusals, ElementsAre(HasSubstr("line 7: passed over")));
}

TEST(UsersOathTest, LinesOfOneUserAreDevicesNumberedFromOne) {
  const ImportedUsers users = ParseLines("HOTP alice - 00\nHOTP bob - 01\nHOTP/T30 alice - 02\n");
  ASSERT_EQ(users.size(), 2U);
  ASSERT_EQ(users[0].devices.size(), 2U);
  EXPECT_EQ(users[0].devices[0].label, "1");
  EXPECT_EQ(users[0].devices[1].label, "2");
  EXPECT_EQ(users[1].devices[0].label, "1");
}

TEST(UsersOathTest, SixteenDevicesAreTheMost) {
  std::string text;
  for (int i = 0; i < 16; ++i) {
    text += "HOTP alice - " + std::to_string(10 + i) + "\n";
  }
  EXPECT_THAT(ParseLines(text)[0].refusals, IsEmpty());
  EXPECT_THAT(ParseLines(text + "HOTP alice - 99\n")[0].refusals,
              ElementsAre(HasSubstr("has 17 devices")));
}

TEST(UsersOathTest, PinIsToldAndNeverShown) {
  EXPECT_THAT(ParseLines("HOTP a - 00\n")[0].notes, IsEmpty());
  EXPECT_THAT(ParseLines("HOTP a + 00\n")[0].notes, IsEmpty());
  const ImportedUsers users = ParseLines("HOTP a s3cr3t 00\n");
  EXPECT_THAT(users[0].notes, ElementsAre(HasSubstr("line 1: its PIN is not taken over")));
  EXPECT_THAT(users[0].notes[0], Not(HasSubstr("s3cr3t")));
  EXPECT_EQ(users[0].devices.size(), 1U);
}

TEST(UsersOathTest, SecretsFromOneByteToSixtyFourAreTakenAndTheOthersRefusedByLine) {
  const auto refusals = [](const std::string& secret) {
    return ParseLines("HOTP a - " + secret + "\n")[0].refusals;
  };
  EXPECT_THAT(refusals("00"), IsEmpty());
  EXPECT_THAT(refusals(std::string(128, 'a')), IsEmpty());
  EXPECT_THAT(refusals("AbCd"), IsEmpty());
  for (const std::string& secret : {std::string(130, 'a'), std::string("0"), std::string("0g")}) {
    EXPECT_THAT(refusals(secret), ElementsAre(HasSubstr("line 1: its secret"))) << secret;
    EXPECT_THAT(refusals(secret)[0], Not(HasSubstr(secret + " ")));
  }
}

TEST(UsersOathTest, OneBadLineRefusesTheUserAndNobodyElse) {
  const ImportedUsers users = ParseLines("HOTP alice - 00\nHOTP alice - zz\nHOTP bob - 00\n");
  EXPECT_THAT(users[0].refusals, ElementsAre(HasSubstr("line 2")));
  EXPECT_THAT(users[1].refusals, IsEmpty());
}

TEST(UsersOathTest, CounterWithoutALastCodeIsTheNextOne) {
  EXPECT_EQ(UserOf("HOTP", " 7").devices[0].counter, 7U);
}

TEST(UsersOathTest, CounterOfTheLastCodeIsUsedUp) {
  for (std::size_t used = 0; used < kRfcCodes.size(); ++used) {
    const ImportedUser user = UserOf(
        "HOTP", " " + std::to_string(used) + " " + kRfcCodes[used] + " 2009-12-07T23:23:49L");
    EXPECT_EQ(user.devices[0].counter, used + 1);
    EXPECT_THAT(user.notes, IsEmpty());
  }
}

TEST(UsersOathTest, LastCodeFurtherOnIsUsedUpTooAndOneThatIsNoneIsTold) {
  EXPECT_EQ(UserOf("HOTP", " 2 520489").devices[0].counter, 10U);
  const ImportedUser user = UserOf("HOTP", " 2 000000");
  EXPECT_EQ(user.devices[0].counter, 2U);
  EXPECT_THAT(user.notes, ElementsAre(HasSubstr("the counter is taken as it is")));
}

TEST(UsersOathTest, PlaceholderOfALastCodeHoldsNothingBack) {
  EXPECT_EQ(UserOf("HOTP", " 3 - 2009-12-07T23:23:49L").devices[0].counter, 3U);
  EXPECT_EQ(UserOf("HOTP/T30", " 0 - 2009-12-07T23:23:49L").devices[0].first_step, 0U);
}

TEST(UsersOathTest, CountersThatAreNoneAreRefused) {
  for (const char* counter :
       {" x", " -1", " 1x", " 4611686018427387903", " 18446744073709551616"}) {
    EXPECT_THAT(UserOf("HOTP", counter).refusals, ElementsAre(HasSubstr("its counter"))) << counter;
  }
  EXPECT_EQ(UserOf("HOTP", " 4611686018427387902").devices[0].counter, 4611686018427387902U);
}

TEST(UsersOathTest, LastCodeOfTimeIsFoundNearItsTimeInTheMachinesZone) {
  for (const char* zone : {"UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"}) {
    const TimeZone local(zone);
    // What pam_oath writes of 2024-06-15 09:59:59 UTC.
    const std::time_t used = 1718445599;
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), " 0 %%s %Y-%m-%dT%H:%M:%SL", std::localtime(&used));
    for (const int steps_off : {0, 1, -1, 20, -20, 50}) {
      const WallTime moment = At(used + std::time_t{30} * steps_off);
      std::string rest = text.data();
      rest.replace(rest.find("%s"), 2, CodeAt(moment));
      const ImportedUser user = UserOf("HOTP/T30", rest);
      ASSERT_EQ(user.devices.size(), 1U) << zone;
      EXPECT_EQ(user.devices[0].first_step, StepAt(moment, std::chrono::seconds(30)) + 1)
          << zone << steps_off;
      EXPECT_THAT(user.notes, IsEmpty());
    }
  }
}

TEST(UsersOathTest, HourThatCameTwiceIsSearchedTwice) {
  const TimeZone berlin("Europe/Berlin");
  // 2023-10-29 02:30:00 was 00:30 UTC, and an hour later again.
  for (const std::int64_t used : {1698539400, 1698543000}) {
    const ImportedUser user =
        UserOf("HOTP/T30", " 0 " + CodeAt(At(used)) + " 2023-10-29T02:30:00L");
    EXPECT_EQ(user.devices[0].first_step, StepAt(At(used), std::chrono::seconds(30)) + 1);
  }
}

TEST(UsersOathTest, LastCodeThatIsNowhereNearHoldsEverythingBackThatPamOathCouldHaveTaken) {
  const TimeZone utc("UTC");
  const WallTime used = At(1718445600);
  const ImportedUser user = UserOf("HOTP/T60/8", " 0 00000000 2024-06-15T10:00:00L");
  EXPECT_EQ(user.devices[0].first_step, StepAt(used, std::chrono::seconds(60)) + 51);
  EXPECT_THAT(user.notes, ElementsAre(HasSubstr("codes count from 51 steps after it")));
}

TEST(UsersOathTest, LastCodeWithoutATimeIsSoughtAroundNow) {
  EXPECT_EQ(UserOf("HOTP/T30", " 0 " + CodeAt(kNow)).devices[0].first_step,
            StepAt(kNow, std::chrono::seconds(30)) + 1);
  const ImportedUser user = UserOf("HOTP/T30", " 0 000000");
  EXPECT_EQ(user.devices[0].first_step, 0U);
  EXPECT_THAT(user.notes, ElementsAre(HasSubstr("nothing is held back")));
}

TEST(UsersOathTest, TimeThatIsNoneIsRefused) {
  for (const char* time : {"yesterday", "2024-06-15T10:00:00", "2024-13-15T10:00:00L",
                           "2024-06-15T10:00:00Lx", "1960-01-01T00:00:00L"}) {
    EXPECT_THAT(UserOf("HOTP/T30", std::string(" 0 123456 ") + time).refusals,
                ElementsAre(HasSubstr("the time of the last login")))
        << time;
  }
}

TEST(UsersOathTest, TimeYetToComeIsRefusedAsItWouldHoldCodesBackUntilThen) {
  const TimeZone utc("UTC");
  EXPECT_THAT(UserOf("HOTP/T30", " 0 123456 2024-06-17T12:00:01L").refusals,
              ElementsAre(HasSubstr("yet to come")));
  EXPECT_THAT(UserOf("HOTP/T30", " 0 123456 2024-06-17T12:00:00L").refusals, IsEmpty());
}

TEST(UsersOathTest, UserThatIsNamedIsTheOnlyOne) {
  const ImportedUsers users = ParseLines("HOTP alice - 00\nHOTP bob - 01\n", "bob");
  ASSERT_EQ(users.size(), 1U);
  EXPECT_EQ(users[0].name, "bob");
}

TEST(UsersOathTest, FilesThatAreNoneAreRefusedWhole) {
  for (const std::string& text :
       {std::string(), std::string("\n\n# nothing\n"), std::string("HOTP a - 0\0 0\n", 13),
        "HOTP a - " + std::string(5000, '0'), std::string("\x7f\x45LF\0", 5)}) {
    const auto users = ParseUsersOath(text, ContextFor());
    ASSERT_FALSE(users);
    EXPECT_EQ(users.error().code(), ErrorCode::kInvalidParams);
  }
  EXPECT_THAT(ParseUsersOath("HOTP a - 00\n", ContextFor("b")).error().message(),
              HasSubstr("no line of the file is of b"));
}

}  // namespace
}  // namespace twofactor
