#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_CALLER_SESSION_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_CALLER_SESSION_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "helperd/twofactord/api/accounts_source.h"
#include "helperd/twofactord/backup/backup_export.h"
#include "helperd/twofactord/backup/backup_reader.h"
#include "helperd/twofactord/factor/factor_store.h"
#include "helperd/twofactord/factor/permits.h"
#include "helperd/twofactord/rpc/dispatcher.h"

namespace twofactor {

// The groups that give roles, by their names in the configuration.
struct RoleGroups {
  std::vector<std::string> full_admin;
  std::vector<std::string> readonly_admin;
};

// A secret that this connection is trying out. It goes with the connection.
struct Enrollment {
  // It takes this many wrong codes; then it has to be started anew.
  static constexpr int kMaxWrongCodes = 5;

  PendingSecret pending;
  int wrong_codes = 0;
};

// A backup that this connection is taking along, or bringing back, one part after the other.
struct BackupUnderWay {
  std::shared_ptr<BackupExport> backup;
  bool busy = false;
};
struct RestoreUnderWay {
  std::shared_ptr<BackupReader> reader;
  ImportOptions options;
  bool settings;
  bool busy = false;
};

// What the methods remember of a connection: who is there, looked up once, and what was proven on
// it. Not synchronised.
class CallerSession final : public SessionState {
 public:
  // The session's own, made on first use.
  static CallerSession& Of(Session& session);

  // Calls `done` once it is known who the peer is, at once if it is. A lookup that failed is tried
  // again by the next call.
  static void Identify(const std::shared_ptr<Session>& session, AccountsSource& accounts,
                       const RoleGroups& role_groups, std::function<void(Result<void>)> done);

  // Of use after Identify.
  const Caller& caller() const { return *caller_; }
  const std::optional<PasswdEntry>& entry() const { return entry_; }
  // All gids of the caller, as NSS and the kernel have them, each once.
  const std::vector<gid_t>& groups() const { return groups_; }
  // Is the caller in /etc/passwd?
  bool is_local() const { return local_; }
  // The roles that a user with this uid and these groups has.
  std::vector<std::string> RolesOf(uid_t uid, const std::vector<gid_t>& groups) const;

  // "Authenticated" (api.md): on this connection a code of the device of this generation was
  // verified, or its secret was received. None once anything of the user's factor has changed.
  std::optional<std::uint32_t> proved_generation() const {
    return proof_.factor.holds() ? std::optional(proof_.generation) : std::nullopt;
  }
  void SetProof(std::uint32_t generation, UnchangedFactor factor) {
    proof_ = {generation, std::move(factor)};
  }
  // The devices that the last attempt of `account` on this connection was charged to, once.
  DeviceSet TakeCharged(const Account& account);
  void SetCharged(const Account& account, DeviceSet devices) { charged_ = {account, devices}; }
  // Forgets what was proven, and the secret that is being tried out.
  void Logout();

  std::optional<Enrollment>& enrollment() { return enrollment_; }
  std::shared_ptr<BackupUnderWay>& backup() { return backup_; }
  std::shared_ptr<RestoreUnderWay>& restore() { return restore_; }
  // What the connection is told of, by the ids of the subscriptions.
  std::map<std::string, std::string>& subscriptions() { return subscriptions_; }
  // One that the connection has not had before.
  std::string MakeSubscriptionId() { return std::to_string(++last_subscription_); }

 private:
  Caller MakeCaller(const Session& session, const Identity& identity,
                    const RoleGroups& role_groups);

  std::optional<Caller> caller_;
  std::optional<PasswdEntry> entry_;
  std::vector<gid_t> groups_;
  bool local_ = true;
  std::vector<gid_t> full_admin_gids_;
  std::vector<gid_t> readonly_admin_gids_;
  std::vector<std::function<void(Result<void>)>> waiting_;
  struct Proof {
    std::uint32_t generation = 0;
    UnchangedFactor factor;
  };
  Proof proof_;
  struct Charged {
    Account account;
    DeviceSet devices;
  };
  std::optional<Charged> charged_;
  std::optional<Enrollment> enrollment_;
  std::shared_ptr<BackupUnderWay> backup_;
  std::shared_ptr<RestoreUnderWay> restore_;
  std::map<std::string, std::string> subscriptions_;
  std::uint64_t last_subscription_ = 0;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_CALLER_SESSION_H_
