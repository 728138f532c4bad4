#ifndef TWOFACTOR_TESTS_PAM_PEER_FIXTURE_H_
#define TWOFACTOR_TESTS_PAM_PEER_FIXTURE_H_

#include <string>
#include <vector>

#include "pam_module/authenticator.h"
#include "tests/pam/scripted.h"
#include "tests/unit/api/api_fixture.h"

namespace twofactor {

// The module's core over the daemon's real stores, at the times and with the secrets of the peers'
// own tests.
class PeerFixture : public ApiFixture {
 protected:
  // What a peer's file says of alice's device, as user.import_2fa_devices takes it.
  void Import(const nlohmann::json& device, const std::vector<std::string>& scratch_codes = {});
  // One login. `earlier` is what an earlier module asked for.
  LoginOutcome LogIn(const std::vector<std::string>& options, const std::string& typed,
                     const std::string& earlier = "");
  void SetTime(std::int64_t seconds) { clock_.wall = WallTime(std::chrono::seconds(seconds)); }

  ScriptedHost host_;  // Of the last login.
  DaemonScript daemon_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_PAM_PEER_FIXTURE_H_
