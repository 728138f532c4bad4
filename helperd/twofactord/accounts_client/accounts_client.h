#ifndef TWOFACTOR_HELPERD_TWOFACTORD_ACCOUNTS_CLIENT_ACCOUNTS_CLIENT_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_ACCOUNTS_CLIENT_ACCOUNTS_CLIENT_H_

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "helperd/twofactord/accounts_client/turns.h"
#include "helperd/twofactord/api/accounts_source.h"

namespace twofactor {

// Asks twofactor-accounts over its socket, one connection a request, and believes only a server
// that runs as root or as this process' own user. Not synchronised: on `io`'s thread.
class AccountsClient final : public AccountsSource {
 public:
  // A request that is not answered after this is kTimedOut; longer than the deadline of
  // twofactor-accounts for itself.
  static constexpr std::chrono::seconds kDeadline{7};
  // Descriptions of one user under way; more wait, within their deadline. A fraction of the workers
  // of twofactor-accounts.
  static constexpr int kDescriptionsOfOneUser = 8;

  AccountsClient(boost::asio::io_context& io, std::string socket_path)
      : io_(io), socket_path_(std::move(socket_path)) {}
  // What is under way is still answered; what waits for its turn gets none and is kTimedOut.
  ~AccountsClient() override { turns_->Drop(); }
  AccountsClient(const AccountsClient&) = delete;
  AccountsClient& operator=(const AccountsClient&) = delete;

  void Identify(uid_t uid, const std::vector<std::string>& groups, Done<Identity> done) override;
  void FindUser(const std::string& name, Done<PasswdEntry> done) override;
  void FindUsers(const std::vector<std::string>& names,
                 Done<std::vector<PasswdEntry>> done) override;
  void CheckUsers(const std::vector<UserToCheck>& users,
                  Done<std::vector<UserCheck>> done) override;
  void DescribeUser(const std::string& name, Done<nlohmann::json> done) override;
  void ListUsers(Done<std::vector<PasswdEntry>> done) override;
  void ListShells(Done<nlohmann::json> done) override;

 private:
  void Ask(const AccountsRequest& request, Done<nlohmann::json> done);

  boost::asio::io_context& io_;
  std::string socket_path_;
  std::shared_ptr<Turns> turns_ = std::make_shared<Turns>(kDescriptionsOfOneUser);
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_ACCOUNTS_CLIENT_ACCOUNTS_CLIENT_H_
