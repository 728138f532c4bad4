#ifndef TWOFACTOR_TESTS_UNIT_API_API_FIXTURE_H_
#define TWOFACTOR_TESTS_UNIT_API_API_FIXTURE_H_

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "helperd/twofactord/api/api.h"
#include "helperd/twofactord/vault/vault_writer.h"
#include "tests/support/store_fixture.h"

namespace twofactor {

// The parameters of a method that takes a user's name alone.
inline const nlohmann::json kAliceName = nlohmann::json::array({"alice"});

// The system's accounts as tests have them: root, alice (1000), bob (1001), admin (1002, in
// twofactor-admin), reader (1003, in the readers).
class FakeAccounts final : public AccountsSource {
 public:
  void Identify(Asker asker, uid_t uid, const std::vector<std::string>& groups,
                Done<Identity> done) override;
  void FindUser(Asker asker, const std::string& name, Done<PasswdEntry> done) override;
  void FindUsers(Asker asker, const std::vector<std::string>& names,
                 Done<std::vector<PasswdEntry>> done) override;
  void CheckUsers(Asker asker, const std::vector<UserToCheck>& given,
                  Done<std::vector<UserCheck>> done) override;
  void DescribeUser(Asker asker, const std::string& name, Done<nlohmann::json> done) override;
  void ListUsers(Asker asker, Done<std::vector<PasswdEntry>> done) override;
  void ListShells(Asker asker, Done<nlohmann::json> done) override;
  void ListGroups(Asker asker, const GroupLook& look, Done<nlohmann::json> done) override;

  // Somebody who has `name` has it no longer; "" for who is gone.
  void Rename(const std::string& name, const std::string& new_name);
  void GiveUid(const std::string& name, uid_t uid);

  bool enumerates = true;            // ListUsers lists everybody, and not only root.
  bool down = false;                 // Fails everything but Identify.
  bool down_after_find = false;      // Sets it after the next FindUser.
  uid_t uid_shift = 0;               // Of FindUsers.
  std::set<std::string> silent;      // Of whom CheckUsers cannot tell.
  std::size_t checks_at_once = 100;  // More wait for another time.
  std::set<uid_t> askers;            // For whom anything was asked.
  // What happens when CheckUsers has looked, and its answer is on the way.
  std::function<void()> after_check;

 private:
  std::vector<PasswdEntry> users_ = Everybody();
  static std::vector<PasswdEntry> Everybody();
};

class RecordingAuditor final : public Auditor {
 public:
  void Record(const AuditEntry& entry) override;
  void RecordBypassEnd(std::string_view /*user*/, std::string_view /*reason*/) override {}
  void RecordMergedDevice(std::string_view /*user*/, std::string_view /*removed*/,
                          std::string_view /*kept*/) override {}
  std::vector<std::string> lines;
};

// One connection to the API.
struct Peer {
  std::shared_ptr<Session> session;
};

// The real methods over the real stores, with fake accounts and a clock that stands still.
class ApiFixture : public testing::Test {
 protected:
  ApiFixture();

  Peer Connect(uid_t uid) const;
  // Every answer must have the shape of its method's result, and every refusal be among its errors.
  Result<nlohmann::json> Call(const Peer& peer, const std::string& method,
                              const nlohmann::json& params);
  // The permit that the gate hands to the handler when uid 0 calls a pam method for the account.
  LoginPermit PermitOfRoot(const Account& account);
  // The errno name of what a call fails with, "" for success.
  std::string Refusal(const Peer& peer, const std::string& method, const nlohmann::json& params);
  // Renews as root, and remembers the secret.
  void Enroll(const std::string& user);
  std::string CodeOf(const std::string& user, int steps = 0);
  // Remembers the secret of an answer.
  void Remember(const std::string& user, const nlohmann::json& entry);

  // Another daemon over the same stores, as after a kill; `lose_ledger`: as after a reboot.
  void Restart(bool lose_ledger = false);

  static constexpr uid_t kAlice = 1000;
  static constexpr uid_t kBob = 1001;
  static constexpr uid_t kAdmin = 1002;
  static constexpr uid_t kReader = 1003;
  static constexpr uid_t kNameless = 4242;

  ManualClock clock_;
  TempDirectory directory_;
  boost::asio::io_context io_;
  SecretBytes key_;
  FakeAccounts accounts_;
  // Who may be made to wait for what events take, beside the caller.
  std::set<uid_t> subscribers_;
  RecordingAuditor auditor_;
  std::map<std::string, std::string> secrets_;
  std::map<std::string, OtpParameters> parameters_;
  std::unique_ptr<VaultWriter> writer_;
  std::unique_ptr<WorkThread> work_;
  std::unique_ptr<FactorStore> store_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<Api> api_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_UNIT_API_API_FIXTURE_H_
