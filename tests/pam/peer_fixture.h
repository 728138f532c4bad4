#ifndef TWOFACTOR_TESTS_PAM_PEER_FIXTURE_H_
#define TWOFACTOR_TESTS_PAM_PEER_FIXTURE_H_

#include <string>
#include <vector>

#include "pam_module/authenticator.h"
#include "tests/pam/scripted.h"
#include "tests/unit/api/api_fixture.h"

namespace twofactor {

// Runs the module's core over the daemon's real stores, with the times and secrets of the peers'
// own tests.
class PeerFixture : public ApiFixture {
 protected:
  // Alice's device from a peer's file, in the form that user.import_2fa_devices accepts.
  void Import(const nlohmann::json& device, const std::vector<std::string>& scratch_codes = {});
  // Logs in once. `earlier` is the answer to an earlier module.
  LoginOutcome LogIn(const std::vector<std::string>& options, const std::string& typed,
                     const std::string& earlier = "");
  void SetTime(std::int64_t seconds) { clock_.wall = WallTime(std::chrono::seconds(seconds)); }

  ScriptedHost host_;  // Of the last login.
  DaemonScript daemon_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_PAM_PEER_FIXTURE_H_
