#ifndef TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_BYPASSES_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_BYPASSES_H_

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/paths.h"
#include "common/base/result.h"
#include "common/livestore/bypass.h"
#include "common/livestore/verifier.h"
#include "helperd/twofactord/vault/vault.h"

// An administrator lets a user in without a code for a while: the phone is lost, say. The vault
// remembers it over a restart, and each record of the user's in the live store says until when, so
// that it is over at that moment whether the daemon runs or not.
namespace twofactor {

// What is asked for.
struct BypassRequest {
  Account target;
  std::chrono::seconds time;
  uid_t by_uid;
  std::string by_name;
  std::string reason;
};

// One that is on, with its end on both clocks of this boot.
struct ActiveBypass {
  StoredBypass stored;
  Bypass bounds;
};

enum class BypassEnd {
  kOver,       // Its time.
  kTakenBack,  // By an administrator.
  kNewSecret,  // The user has something new to log in with.
  kNoFactor,   // The user has nothing left to go around.
  kClock,      // At a start: nobody knows how much of its time is left.
  kForged,     // At a start: the vault's row was not the daemon's own.
};
// "its time is over", …: for the log.
std::string_view NameOf(BypassEnd end);

// Those that are on, by user. Not synchronised.
class Bypasses {
 public:
  void Put(ActiveBypass bypass);
  // Null where the user has none.
  const ActiveBypass* Find(const Username& username) const;
  // None where the user had none.
  std::optional<ActiveBypass> Take(const Username& username);
  std::vector<ActiveBypass> All() const;

 private:
  std::map<std::string, ActiveBypass, std::less<>> by_name_;
};

// How the end of a bypass reads on this boot's clocks at a start of the daemon. `here` is what the
// live store still says of it, none after a reboot. Without that the wall clock alone tells how
// much is left, and a clock that is behind `latest_seen` tells nothing: none then. With it a wall
// clock that is beyond the end ends nothing; logins ask for a code until it is set right. Never
// longer than the whole bypass. A pure function.
std::optional<Bypass> ResumeBypass(const StoredBypass& stored, const std::optional<Bypass>& here,
                                   WallTime latest_seen, WallTime wall, BootTime boot);

struct EndedBypass {
  std::string username;
  BypassEnd end;
};
struct ResumedBypasses {
  Bypasses bypasses;
  std::vector<EndedBypass> ended;
};
// Takes those that the vault has into `devices`, on their way into the live store at `paths`, which
// is still that of the last start. Takes those that are over out of the vault. Fails as the vault.
Result<ResumedBypasses> ResumeBypasses(Vault& vault, const RunPaths& paths, const Clock& clock,
                                       std::span<PublishedDevice> devices);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_BYPASSES_H_
