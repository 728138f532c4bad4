#ifndef TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_FACTOR_STORE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_FACTOR_STORE_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "common/base/clock.h"
#include "common/base/paths.h"
#include "common/base/result.h"
#include "common/livestore/verifier.h"
#include "helperd/twofactord/factor/permits.h"
#include "helperd/twofactord/livestore/publisher.h"
#include "helperd/twofactord/vault/birth_rule.h"
#include "helperd/twofactord/vault/vault_writer.h"

namespace twofactor {

// What a renewal asks for: parameters that are left out keep the device's current value.
struct RenewalOptions {
  std::optional<int> digits;
  std::optional<std::chrono::seconds> interval;

  OtpParameters AppliedTo(OtpParameters parameters) const;
};

// A secret that is committed and published: what a renewal gives, once.
struct RenewedSecret {
  std::uint32_t generation;
  OtpParameters parameters;
  SecretBytes secret;
};

// What everybody may know of a device.
struct DeviceState {
  std::uint32_t generation;
  OtpParameters parameters;
};

// A secret that somebody is trying out, and that counts only once a code of it was seen.
struct PendingSecret {
  Account target;
  OtpParameters parameters;
  SecretBytes secret;
};

// Both halves of the store, kept equal: a change is durable in the vault before it is published in
// the live store, and published before it is answered. Callbacks run on the event loop, as do all
// the functions. Not synchronised.
class FactorStore {
 public:
  // The references must outlive it.
  FactorStore(RunPaths paths, const Clock& clock, LiveStorePublisher publisher, VaultWriter& writer,
              LoginSettings settings);

  // Gives the target a new random secret. Fails with kFactorRequired where the target got a secret
  // meanwhile that the permit may not replace, kUnavailable where it could not be made durable.
  void Renew(const RenewalPermit& permit, const RenewalOptions& options,
             std::function<void(Result<RenewedSecret>)> done);

  // A new random secret for the permit's target, stored nowhere yet.
  Result<PendingSecret> MakePending(const RenewalPermit& permit, const RenewalOptions& options);
  // Stores a pending secret whose code `code` is, and uses that code up; kConflict where it is not.
  // Otherwise as Renew.
  void FinishPending(const RenewalPermit& permit, const PendingSecret& pending,
                     const SecretBytes& code, std::function<void(Result<RenewedSecret>)> done);

  // Takes the user's factor away; false where there was none. `username` may be one that NSS no
  // longer knows.
  void Remove(const RemovalPermit& permit, const Username& username,
              std::function<void(Result<bool>)> done);

  // The account's device as verifiers see it, none where it has none.
  Result<std::optional<DeviceState>> ReadDevice(const Account& account) const;
  // Is there a device of that name, whatever uid it belongs to?
  Result<bool> HasRecord(const Username& name) const;
  // How many devices are in the store.
  std::uint64_t devices() const { return publisher_.devices(); }
  Result<FactorState> ReadState(const Account& account, std::string_view service) const;
  // The same verification as the PAM module's, on the same store.
  Result<Verification> Verify(const VerificationPermit& permit, const SecretBytes& code) const;

  const LoginSettings& settings() const { return settings_; }
  void UpdateSettings(const SettingsPermit& permit, const VaultSettings& settings,
                      std::function<void(Result<void>)> done);
  // Takes over what a reloaded configuration file says.
  void SetThrottle(const ThrottlePolicy& policy);

  // Notes the latest wall time in the vault, if it is time to; called every kNotePeriod.
  void NoteTime();

  bool kept_ledger() const { return publisher_.kept_ledger(); }
  WallTime birth() const { return publisher_.ledger().birth(); }

 private:
  void Put(const RenewalPermit& permit, SecretBytes secret, const RenewalOptions& options,
           TimeStep first_step, std::function<void(Result<RenewedSecret>)> done);
  Result<RenewedSecret> PublishCommitted(Result<PublishedDevice> device, TimeStep first_step);

  RunPaths paths_;
  const Clock& clock_;
  LiveStorePublisher publisher_;
  VaultWriter& writer_;
  LoginSettings settings_;
  std::uint64_t changes_under_way_ = 0;
  WallTime noted_{};
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_FACTOR_STORE_H_
