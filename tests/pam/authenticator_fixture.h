#ifndef TWOFACTOR_TESTS_PAM_AUTHENTICATOR_FIXTURE_H_
#define TWOFACTOR_TESTS_PAM_AUTHENTICATOR_FIXTURE_H_

#include <gtest/gtest.h>

#include "tests/pam/scripted.h"

namespace twofactor {

// The module's core over a scripted application, a scripted store and a scripted daemon.
class AuthenticatorTest : public testing::Test {
 protected:
  LoginOutcome Run(const std::vector<std::string>& arguments) {
    return Authenticate(
        host_, arguments,
        [this](const ModuleOptions&) {
          return Result<std::unique_ptr<FactorSource>>(
              std::make_unique<ScriptedSource>(state_, Verified(), &seen_, &learns_, &charged_));
        },
        [this](const ModuleOptions&) { return std::make_unique<ScriptedDaemon>(daemon_); });
  }

  Result<Verification> Verified() const {
    return source_error_ ? Result<Verification>(Fail(*source_error_)) : verification_;
  }

  ScriptedHost host_;
  FactorSource::State state_{FactorState::kConfigured, {6}};
  Verification verification_{VerifyOutcome::kGranted};
  std::optional<Error> source_error_;  // What Verify fails with.
  std::string seen_;
  bool learns_ = false;
  std::vector<DeviceSet> charged_;  // As each attempt was told of the ones before it.
  DaemonScript daemon_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_PAM_AUTHENTICATOR_FIXTURE_H_
