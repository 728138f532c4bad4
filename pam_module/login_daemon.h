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

// What only the daemon can do for a login. No code needs any of it to be verified, so a login
// never depends on the daemon. Not synchronised.
class LoginDaemon {
 public:
  // How a pam.d line wants users enrolled.
  struct Wish {
    int digits;      // 0: the usual number.
    int grace_days;  // 0: no matter.
  };
  // A first secret that is not in force yet.
  struct Offer {
    SecretBytes secret;   // In Base32, in groups of four.
    SecretBytes picture;  // The QR picture's lines; empty: there is none.
    int digits;
    std::chrono::seconds interval;
    std::optional<int> days_left;
  };

  virtual ~LoginDaemon() = default;
  // Did the account log in with a code from this place within the period? No answer within a tenth
  // of a second is an error.
  virtual Result<bool> InGrace(const Account& account, const std::string& place,
                               std::chrono::seconds period) = 0;
  // Notes such a login, within a fifth of a second: with a code of the device of this generation, 0
  // where that is not known. The daemon does not note it if the device is gone by then.
  virtual Result<void> NoteLogin(const Account& account, const std::string& place,
                                 std::uint32_t generation) = 0;
  // Notes that the account logged in from this origin (OriginOf), within a fifth of a second.
  virtual Result<void> NoteOrigin(const Account& account, const std::string& origin) = 0;
  // Starts an enrolment, which goes with this object. Fails with kFactorRequired where the account
  // has a factor already.
  virtual Result<Offer> StartEnrollment(const Account& account, const std::string& service,
                                        const Wish& wish) = 0;
  // Puts the offered secret into force; false where the code is not one of it. The same failures.
  virtual Result<bool> FinishEnrollment(const Account& account, const SecretBytes& code) = 0;
};

// The daemon of this run directory; it is connected to when it is needed. `timeout` bounds each
// step of an enrolment.
std::unique_ptr<LoginDaemon> MakeLoginDaemon(RunPaths paths, std::chrono::milliseconds timeout);

}  // namespace twofactor

#endif  // TWOFACTOR_PAM_MODULE_LOGIN_DAEMON_H_
