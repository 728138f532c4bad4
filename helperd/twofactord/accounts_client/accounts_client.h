#ifndef TWOFACTOR_HELPERD_TWOFACTORD_ACCOUNTS_CLIENT_ACCOUNTS_CLIENT_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_ACCOUNTS_CLIENT_ACCOUNTS_CLIENT_H_

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "helperd/twofactord/accounts_client/fair_turns.h"
#include "helperd/twofactord/accounts_client/turns.h"
#include "helperd/twofactord/api/accounts_source.h"
#include "helperd/twofactord/rpc/subordinate_uids.h"

namespace twofactor {

// Asks twofactor-accounts over its socket, with one connection per request, and trusts only a
// server that runs as root or as this process' own user. Not thread-safe: runs on `io`'s thread.
class AccountsClient final : public AccountsSource {
 public:
  // The deadline of a request, after which it fails with kTimedOut. It is longer than
  // twofactor-accounts' own.
  static constexpr std::chrono::seconds kDeadline{7};
  // The maximum number of requests in progress (see FairTurns); more wait, within their deadline.
  // Together they are fewer than the workers of twofactor-accounts (AccountsServer::Options), of
  // which some may be blocked for good.
  static constexpr int kForUsers = 96;
  static constexpr int kForRoot = 32;
  // The maximum number of one asker's requests that describe the same user: a home directory that
  // hangs then blocks a few workers, and not all of root's.
  static constexpr int kDescriptionsOfOneUser = 8;

  // `uids` returns the uid that an asker's uid counts with, and must outlive this; null: itself.
  AccountsClient(boost::asio::io_context& io, std::string socket_path,
                 SubordinateUids* uids = nullptr)
      : io_(io), socket_path_(std::move(socket_path)), uids_(uids) {}
  // Stops starting requests. Those in progress are still answered; those that wait fail with
  // kTimedOut.
  ~AccountsClient() override {
    descriptions_->Drop();
    turns_->Drop();
  }
  AccountsClient(const AccountsClient&) = delete;
  AccountsClient& operator=(const AccountsClient&) = delete;

  void Identify(Asker asker, uid_t uid, const std::vector<std::string>& groups,
                Done<Identity> done) override;
  void FindUser(Asker asker, const std::string& name, Done<PasswdEntry> done) override;
  void FindUsers(Asker asker, const std::vector<std::string>& names,
                 Done<std::vector<PasswdEntry>> done) override;
  void CheckUsers(Asker asker, const std::vector<UserToCheck>& users,
                  Done<std::vector<UserCheck>> done) override;
  void DescribeUser(Asker asker, const std::string& name, Done<nlohmann::json> done) override;
  void ListUsers(Asker asker, Done<std::vector<PasswdEntry>> done) override;
  void ListShells(Asker asker, Done<nlohmann::json> done) override;
  void ListGroups(Asker asker, const GroupLook& look, Done<nlohmann::json> done) override;

 private:
  uid_t OwnerOf(Asker asker) const;
  void Ask(Asker asker, const AccountsRequest& request, Done<nlohmann::json> done);

  boost::asio::io_context& io_;
  std::string socket_path_;
  SubordinateUids* uids_;
  std::shared_ptr<Turns> descriptions_ = std::make_shared<Turns>(kDescriptionsOfOneUser);
  std::shared_ptr<FairTurns> turns_ = std::make_shared<FairTurns>(kForUsers, kForRoot);
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_ACCOUNTS_CLIENT_ACCOUNTS_CLIENT_H_
