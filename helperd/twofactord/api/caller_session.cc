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
                        known.entry_ = identity->entry;
                        known.caller_ = known.MakeCaller(*session, *identity, role_groups);
                      }
                      const auto waiting = std::exchange(known.waiting_, {});
                      for (const auto& next : waiting) {
                        next(identity ? Result<void>() : Fail(identity.error()));
                      }
                    });
}

Caller CallerSession::MakeCaller(const Session& session, const Identity& identity,
                                 const RoleGroups& role_groups) {
  full_admin_gids_ = GidsOf(role_groups.full_admin, identity);
  readonly_admin_gids_ = GidsOf(role_groups.readonly_admin, identity);
  // The peer's groups as the kernel has them, and as NSS gives them now.
  std::vector<gid_t> groups = session.groups;
  groups.push_back(session.peer.gid);
  groups.insert(groups.end(), identity.groups.begin(), identity.groups.end());
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  groups_ = groups;
  local_ = identity.local;
  return {.uid = session.peer.uid,
          .full_admin = session.peer.uid == 0 || Intersect(groups, full_admin_gids_),
          .readonly_admin = Intersect(groups, readonly_admin_gids_)};
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

std::vector<std::string> CallerSession::RolesOf(uid_t uid, const std::vector<gid_t>& groups) const {
  return Caller{.uid = uid,
                .full_admin = uid == 0 || Intersect(groups, full_admin_gids_),
                .readonly_admin = Intersect(groups, readonly_admin_gids_)}
      .Roles();
}

}  // namespace twofactor
