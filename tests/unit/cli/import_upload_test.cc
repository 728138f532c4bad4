// How users get to the daemon: in few calls, none of them too large.
#include "cli/import/upload.h"

#include <nlohmann/json.hpp>

#include "cli/import/entry.h"
#include "tests/unit/cli/import_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

ImportRow RowOf(const std::string& name, uid_t uid, std::size_t recovery_codes = 0) {
  ImportRow row;
  row.account = Account{name, uid, 100, "/home/" + name};
  row.user.name = name;
  ImportedDevice& device = row.user.devices.emplace_back();
  device.secret = SecretBytes::CopyOf(kRfcSecret);
  device.label = "1";
  for (std::size_t i = 0; i < recovery_codes; ++i) {
    row.user.recovery_codes.push_back(SecretBytes::CopyOf("12345678"));
  }
  return row;
}

// A daemon that imports everybody and keeps what it was sent.
class Daemon {
 public:
  CallImport AsCall() {
    return [this](const json& params) -> Result<json> {
      calls.push_back(params);
      if (failing_call == calls.size()) {
        return Fail(failure);
      }
      json answer = json::array();
      for (const json& entry : params[0]) {
        answer.push_back({{"username", entry["username"]},
                          {"outcome", outcome},
                          {"reason", outcome == "refused" ? "because" : ""}});
      }
      return answer;
    };
  }

  std::vector<json> calls;
  std::string outcome = "imported";
  std::size_t failing_call = 0;
  Error failure{ErrorCode::kTimedOut, "too slow"};
};

ImportRows RowsOf(int count) {
  ImportRows rows;
  for (int i = 0; i < count; ++i) {
    rows.push_back(RowOf("user" + std::to_string(i), static_cast<uid_t>(1000 + i)));
  }
  return rows;
}

TEST(EntryTest, EntryIsThatOfTheApi) {
  ImportRow row = RowOf("alice", 1000, 1);
  row.user.devices[0].first_step = 57281760;
  row.user.devices[0].skew = -2;
  row.user.devices[0].parameters = {OtpAlgorithm::kSha512, 8, std::chrono::seconds(60)};
  ImportedDevice& counting = row.user.devices.emplace_back();
  counting.type = ImportedDevice::Type::kHotp;
  counting.secret = SecretBytes::CopyOf("foo");
  counting.counter = kMaxHotpCounter;
  counting.label = "key";
  EXPECT_EQ(*EntryOf(row.user, *row.account), json::parse(R"({
    "username": "alice", "uid": 1000,
    "devices": [
      {"type": "TOTP", "secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "algorithm": "SHA512",
       "otp_digits": 8, "interval": 60, "first_step": 57281760, "skew": -2, "label": "1"},
      {"type": "HOTP", "secret": "MZXW6", "algorithm": "SHA1", "otp_digits": 6,
       "counter": 4611686018427387903, "label": "key"}],
    "recovery_codes": ["12345678"]})"));
}

TEST(EntryTest, WipedEntryHoldsNoSecret) {
  const ImportRow row = RowOf("alice", 1000, 1);
  json entry = *EntryOf(row.user, *row.account);
  WipeTexts(entry);
  EXPECT_EQ(entry.dump().find("GEZ"), std::string::npos);
  EXPECT_EQ(entry.dump().find("12345678"), std::string::npos);
}

TEST(UploadTest, CallsHaveAtMostFiveHundredEntriesAndSixtyKibibytes) {
  ImportRows rows = RowsOf(1000);
  Daemon daemon;
  std::vector<std::size_t> told;
  ASSERT_TRUE(Upload(rows, {}, daemon.AsCall(),
                     [&](std::size_t done, std::size_t) { told.push_back(done); }));
  std::size_t entries = 0;
  for (const json& call : daemon.calls) {
    EXPECT_LE(call[0].size(), kMaxEntriesPerCall);
    EXPECT_LE(call.dump().size(), 64UL * 1024 - 512);
    entries += call[0].size();
  }
  EXPECT_EQ(entries, 1000U);
  // Full ones: not a call each user.
  EXPECT_LE(daemon.calls.size(), 5U);
  EXPECT_EQ(told.size(), daemon.calls.size());
  EXPECT_EQ(told.back(), 1000U);
  EXPECT_EQ(CountsOf(rows).imported, 1000);
}

TEST(UploadTest, OptionsAreSent) {
  ImportRows rows = RowsOf(1);
  Daemon daemon;
  daemon.outcome = "would_import";
  ASSERT_TRUE(Upload(rows, {true, true}, daemon.AsCall(), [](std::size_t, std::size_t) {}));
  EXPECT_EQ(daemon.calls.at(0)[1], (json{{"dry_run", true}, {"replace", true}}));
  EXPECT_EQ(rows[0].outcome, Outcome::kWouldImport);
}

TEST(UploadTest, WhoIsRefusedIsNotSent) {
  ImportRows rows = RowsOf(3);
  rows[1].outcome = Outcome::kRefused;
  rows[1].account.reset();
  Daemon daemon;
  ASSERT_TRUE(Upload(rows, {}, daemon.AsCall(), [](std::size_t, std::size_t) {}));
  ASSERT_EQ(daemon.calls.at(0)[0].size(), 2U);
  EXPECT_EQ(daemon.calls[0][0][1]["username"], "user2");
}

TEST(UploadTest, NobodyToSendIsNoCall) {
  ImportRows rows = RowsOf(1);
  rows[0].outcome = Outcome::kRefused;
  Daemon daemon;
  EXPECT_TRUE(Upload(rows, {}, daemon.AsCall(), [](std::size_t, std::size_t) {}));
  EXPECT_TRUE(daemon.calls.empty());
}

TEST(UploadTest, UserWhoFitsIntoNoCallIsRefusedAndTheOthersAreSent) {
  ImportRows rows = RowsOf(1);
  rows.push_back(RowOf("hoarder", 5000, 6000));
  rows.push_back(RowOf("last", 5001));
  Daemon daemon;
  ASSERT_TRUE(Upload(rows, {}, daemon.AsCall(), [](std::size_t, std::size_t) {}));
  EXPECT_THAT(rows[1].reason, HasSubstr("more than one call"));
  EXPECT_EQ(CountsOf(rows).imported, 2);
}

TEST(UploadTest, FailedCallStopsAndSaysWhatIsOpen) {
  ImportRows rows = RowsOf(1000);
  Daemon daemon;
  daemon.failing_call = 2;
  const auto sent = Upload(rows, {}, daemon.AsCall(), [](std::size_t, std::size_t) {});
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code(), ErrorCode::kTimedOut);
  EXPECT_EQ(daemon.calls.size(), 2U);
  EXPECT_EQ(rows.front().outcome, Outcome::kImported);
  const std::size_t first = daemon.calls[0][0].size();
  EXPECT_EQ(rows[first].outcome, Outcome::kUnknown);
  EXPECT_EQ(rows.back().outcome, Outcome::kNotSent);
}

TEST(UploadTest, CallThatTheDaemonRefusedIsNotUnknown) {
  ImportRows rows = RowsOf(1);
  Daemon daemon;
  daemon.failing_call = 1;
  daemon.failure = Error(ErrorCode::kNotPermitted, "you may not");
  ASSERT_FALSE(Upload(rows, {}, daemon.AsCall(), [](std::size_t, std::size_t) {}));
  EXPECT_EQ(rows[0].outcome, Outcome::kNotSent);
}

TEST(UploadTest, AnswerThatIsNoneIsNotBelieved) {
  for (const json& answer :
       {json(nullptr), json::array(), json{{"username", "user0"}}, json::array({7}),
        json::array({{{"username", "user1"}, {"outcome", "imported"}}}),
        json::array({{{"username", "user0"}, {"outcome", "splendid"}}}),
        json::array({{{"username", "user0"}, {"outcome", "imported"}}, json::object()})}) {
    ImportRows rows = RowsOf(1);
    const auto sent = Upload(
        rows, {}, [&](const json&) -> Result<json> { return answer; },
        [](std::size_t, std::size_t) {});
    ASSERT_FALSE(sent) << answer;
    EXPECT_EQ(sent.error().code(), ErrorCode::kCorrupt);
    EXPECT_EQ(rows[0].outcome, Outcome::kUnknown) << answer;
  }
}

TEST(ReportTest, ReportIsALineForEachUserEachDeviceInForceAndOneForAll) {
  ImportRows rows = RowsOf(4);
  rows[0].outcome = Outcome::kImported;
  rows[0].user.notes = {"line 1: one", "line 2: two"};
  rows[1].outcome = Outcome::kExists;
  rows[2].outcome = Outcome::kRefused;
  rows[2].reason = "because";
  rows[3].account.reset();
  rows[3].user.name = "ev\x1bil";
  rows[3].outcome = Outcome::kRefused;
  rows[3].reason = "the system knows no such user";
  EXPECT_EQ(ReportOf(rows, false),
            "user0: imported (line 1: one; line 2: two)\n"
            "user1: has a second factor already, left as it is\n"
            "user2: refused: because\n"
            "ev?il: refused: the system knows no such user\n"
            "  user0: 1: TOTP, 6 digits, 30 s, SHA1\n"
            "1 imported, 1 there already, 2 refused.\n");
  const json results = ResultsOf(rows);
  EXPECT_EQ(results[0], (json{{"username", "user0"},
                              {"outcome", "imported"},
                              {"reason", ""},
                              {"notes", {"line 1: one", "line 2: two"}},
                              {"devices", json::array({{{"label", "1"},
                                                        {"source", ""},
                                                        {"type", "TOTP"},
                                                        {"otp_digits", 6},
                                                        {"interval", 30},
                                                        {"algorithm", "SHA1"}}})}}));
  EXPECT_EQ(results[2]["outcome"], "refused");
}

}  // namespace
}  // namespace twofactor
