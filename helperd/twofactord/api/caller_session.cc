#include "helperd/twofactord/api/caller_session.h"

#include <algorithm>
#include <utility>

namespace twofactor {
namespace {

std::vector<gid_t> GidsOf(const std::vector<std::string>& names, const Identity& identity) {
  std::vector<gid_t> gids;
  for (const std::string& name : names) {
    const auto found = identity.gids_of.find(name);
    if (found != identity.gids_of.end()) {
      gids.push_back(found->second);
    }
  }
  return gids;
}

bool Intersect(const std::vector<gid_t>& a, const std::vector<gid_t>& b) {
  return std::find_first_of(a.begin(), a.end(), b.begin(), b.end()) != a.end();
}

}  // namespace

CallerSession& CallerSession::Of(Session& session) {
  if (session.state == nullptr) {
    session.state = std::make_unique<CallerSession>();
  }
  return static_cast<CallerSession&>(*session.state);
}

void CallerSession::Identify(const std::shared_ptr<Session>& session, AccountsSource& accounts,
                             const RoleGroups& role_groups,
                             std::function<void(Result<void>)> done) {
  CallerSession& self = Of(*session);
  if (self.caller_) {
    done({});
    return;
  }
  self.waiting_.push_back(std::move(done));
  if (self.waiting_.size() > 1) {
    return;
  }
  std::vector<std::string> groups = role_groups.full_admin;
  groups.insert(groups.end(), role_groups.readonly_admin.begin(), role_groups.readonly_admin.end());
  accounts.Identify({session->peer.uid}, session->peer.uid, groups,
                    [session, role_groups](const Result<Identity>& identity) {
                      CallerSession& known = Of(*session);
                      if (identity) {
                        known.Learn(*session, *identity, role_groups);
                      }
                      const auto waiting = std::exchange(known.waiting_, {});
                      for (const auto& next : waiting) {
                        next(identity ? Result<void>() : Fail(identity.error()));
                      }
                    });
}

void CallerSession::Learn(const Session& session, const Identity& identity,
                          const RoleGroups& role_groups) {
  entry_ = identity.entry;
  local_ = identity.local;
  full_admin_gids_ = GidsOf(role_groups.full_admin, identity);
  readonly_admin_gids_ = GidsOf(role_groups.readonly_admin, identity);
  // The peer's groups as the kernel has them, and as NSS gives them now.
  groups_ = session.groups;
  groups_.push_back(session.peer.gid);
  groups_.insert(groups_.end(), identity.groups.begin(), identity.groups.end());
  std::sort(groups_.begin(), groups_.end());
  groups_.erase(std::unique(groups_.begin(), groups_.end()), groups_.end());
  caller_ = Caller(session.peer, RolesOf(session.peer.uid, groups_));
}

Caller CallerSession::KernelsWordOn(const Session& session) {
  return Caller(session.peer, {.full_admin = session.peer.uid == 0, .readonly_admin = false});
}

std::optional<Account> CallerSession::own_account() const {
  auto name = Username::Parse(entry_ ? entry_->name : "");
  return name ? std::optional(Account{std::move(*name), entry_->uid}) : std::nullopt;
}

bool CallerSession::MaySeeGroup(gid_t gid) const {
  return caller().MaySeeAll() || std::find(groups_.begin(), groups_.end(), gid) != groups_.end();
}

void CallerSession::SetProof(const VerificationPermit& permit, const Verification& verification,
                             UnchangedFactor factor) {
  if (IsOwn(permit.target()) && verification.outcome == VerifyOutcome::kGranted) {
    proof_ = {verification.generation, std::move(factor)};
  }
}

void CallerSession::SetProof(const RenewalPermit& permit, const RenewedSecret& renewed,
                             UnchangedFactor factor) {
  if (IsOwn(permit.target())) {
    proof_ = {renewed.generation, std::move(factor)};
  }
}

Result<std::shared_ptr<Enrollment>> CallerSession::TakeEnrollment(const Account& target) {
  if (!enrollment_ || enrollment_->pending.target.uid != target.uid ||
      enrollment_->pending.target.name != target.name) {
    return Fail(ErrorCode::kConflict, "start an enrollment of this user on this connection first");
  }
  return std::make_shared<Enrollment>(*std::exchange(enrollment_, std::nullopt));
}

void CallerSession::PutBack(Enrollment& enrollment) {
  if (++enrollment.wrong_codes < Enrollment::kMaxWrongCodes) {
    enrollment_ = std::move(enrollment);
  }
}

DeviceSet CallerSession::TakeCharged(const Account& account) {
  const auto charged = std::exchange(charged_, std::nullopt);
  const bool same = charged && charged->account.uid == account.uid &&
                    charged->account.name.text() == account.name.text();
  return same ? charged->devices : 0;
}

void CallerSession::Logout() {
  proof_ = {};
  enrollment_.reset();
}

Roles CallerSession::RolesOf(uid_t uid, const std::vector<gid_t>& groups) const {
  return {.full_admin = uid == 0 || Intersect(groups, full_admin_gids_),
          .readonly_admin = Intersect(groups, readonly_admin_gids_)};
}

}  // namespace twofactor
