#ifndef TWOFACTOR_PAM_MODULE_LOGIN_DAEMON_H_
#define TWOFACTOR_PAM_MODULE_LOGIN_DAEMON_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "common/base/paths.h"
#include "common/base/result.h"
#include "common/base/secret_bytes.h"
#include "common/livestore/verifier.h"

namespace twofactor {

// What only the daemon can do for a login. Verifying a code needs none of it, so a login never
// depends on the daemon. Not thread-safe.
class LoginDaemon {
 public:
  // How a PAM line enrolls users.
  struct Wish {
    int digits;      // 0: the default.
    int grace_days;  // 0: none.
  };
  // A first secret that is not active yet.
  struct Offer {
    SecretBytes secret;   // In Base32, in groups of four.
    SecretBytes picture;  // The lines of the QR code; empty: there is none.
    int digits;
    std::chrono::seconds interval;
    std::optional<int> days_left;
  };

  virtual ~LoginDaemon() = default;
  // Returns whether the account logged in with a code from this place within the period. Fails
  // without an answer within a tenth of a second.
  virtual Result<bool> InGrace(const Account& account, const std::string& place,
                               std::chrono::seconds period) = 0;
  // Notes such a login, within a fifth of a second: with a code of the device of this generation, 0
  // if it is not known. The daemon does not note it if the device is gone by then.
  virtual Result<void> NoteLogin(const Account& account, const std::string& place,
                                 std::uint32_t generation) = 0;
  // Notes that the account logged in from this origin (OriginOf), within a fifth of a second.
  virtual Result<void> NoteOrigin(const Account& account, const std::string& origin) = 0;
  // Starts an enrollment, which ends with this object. Fails with kFactorRequired if the account
  // already has a second factor.
  virtual Result<Offer> StartEnrollment(const Account& account, const std::string& service,
                                        const Wish& wish) = 0;
  // Activates the offered secret. Returns false if the code is not one of it. Fails in the same
  // way.
  virtual Result<bool> FinishEnrollment(const Account& account, const SecretBytes& code) = 0;
};

// Returns the daemon of this run directory; it connects when needed. `timeout` limits each step of
// an enrollment.
std::unique_ptr<LoginDaemon> MakeLoginDaemon(RunPaths paths, std::chrono::milliseconds timeout);

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_LOGIN_DAEMON_H_
