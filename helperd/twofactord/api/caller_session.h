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
#include "helperd/twofactord/policy/caller.h"
#include "helperd/twofactord/policy/permits.h"
#include "helperd/twofactord/rpc/dispatcher.h"

namespace twofactor {

// The groups that give roles, by their names in the configuration.
struct RoleGroups {
  std::vector<std::string> full_admin;
  std::vector<std::string> readonly_admin;
};

// A secret that this connection has created and not activated. Gone with the connection.
struct Enrollment {
  // After so many wrong codes the enrollment must be started again.
  static constexpr int kMaxWrongCodes = 5;

  PendingSecret pending;
  int wrong_codes = 0;
};

// A backup that this connection makes or restores, one part after the other.
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

// What the methods remember of a connection: its caller, looked up once, and what was proven on it.
// The only class that makes a Caller. Not synchronized.
class CallerSession final : public SessionState {
 public:
  // The session's own, made on first use.
  static CallerSession& Of(Session& session);

  // Looks up the peer, and then calls `done`; at once if the peer is known. If the lookup fails,
  // the next call tries again.
  static void Identify(const std::shared_ptr<Session>& session, AccountsSource& accounts,
                       const RoleGroups& role_groups, std::function<void(Result<void>)> done);

  // The peer by the kernel's word alone: no groups are known, so only uid 0 has a role.
  static Caller KernelsWordOn(const Session& session);

  // Of a session that Identify has finished with; throws for another.
  const Caller& caller() const { return caller_.value(); }
  const std::optional<PasswdEntry>& entry() const { return entry_; }
  // The caller as a user with a second factor of its own; none for a uid without a valid name.
  std::optional<Account> own_account() const;
  // All gids of the caller that NSS and the kernel know, each once.
  const std::vector<gid_t>& groups() const { return groups_; }
  // Whether the caller may see the entry of this group.
  bool MaySeeGroup(gid_t gid) const;
  // Is the caller in /etc/passwd?
  bool is_local() const { return local_; }
  // The roles of a user with this uid and these groups.
  Roles RolesOf(uid_t uid, const std::vector<gid_t>& groups) const;

  // The generation of the device of which this connection has verified a code or received the
  // secret. None once anything about the user's second factor has changed.
  std::optional<std::uint32_t> proved_generation() const {
    return proof_.factor.holds() ? std::optional(proof_.generation) : std::nullopt;
  }
  // Notes that proof, if a code was accepted and the permit is for the caller's own account.
  void SetProof(const VerificationPermit& permit, const Verification& verification,
                UnchangedFactor factor);
  // The same for a secret that the caller has received.
  void SetProof(const RenewalPermit& permit, const RenewedSecret& renewed, UnchangedFactor factor);
  // Returns once the devices that the last attempt of `account` on this connection was charged to.
  DeviceSet TakeCharged(const Account& account);
  void SetCharged(const Account& account, DeviceSet devices) { charged_ = {account, devices}; }
  // Forgets the proof, and the secret that is not active yet.
  void Logout();

  void SetEnrollment(Enrollment enrollment) { enrollment_ = std::move(enrollment); }
  // Takes the enrollment of this user out of the session. Fails with kConflict if there is none.
  Result<std::shared_ptr<Enrollment>> TakeEnrollment(const Account& target);
  // Puts it back after a wrong code, unless that was the last one that it takes.
  void PutBack(Enrollment& enrollment);
  std::shared_ptr<BackupUnderWay>& backup() { return backup_; }
  std::shared_ptr<RestoreUnderWay>& restore() { return restore_; }
  // The events that the connection subscribes to, by subscription id.
  std::map<std::string, std::string>& subscriptions() { return subscriptions_; }
  // Returns an id that the connection has not had before.
  std::string MakeSubscriptionId() { return std::to_string(++last_subscription_); }

 private:
  void Learn(const Session& session, const Identity& identity, const RoleGroups& role_groups);
  bool IsOwn(const Account& account) const { return caller().uid() == account.uid; }

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
