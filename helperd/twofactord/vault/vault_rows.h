#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_VAULT_ROWS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_VAULT_ROWS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "common/otp/hotp.h"
#include "helperd/twofactord/livestore/records_writer.h"
#include "helperd/twofactord/vault/database.h"
#include "helperd/twofactord/vault/key_ring.h"
#include "helperd/twofactord/vault/sealing.h"

// How a row of the vault's devices is read, in one place.
namespace twofactor::rows {

// What Open, OpenPublished, CounterOf and LabelOf read; conditions may follow.
inline constexpr std::string_view kSelectDevices =
    "SELECT username, device, uid, slot, generation, created, algorithm, digits, interval, kind,"
    " skew, first_step, sealed, counter, label FROM devices";

// A row with its secret, which the device in it lacks where only the daemon uses it.
struct OpenedRow {
  PublishedDevice device;
  SecretBytes secret;
};

WallTime ToWallTime(std::int64_t seconds);
// Everything of a device that decides what its secret is good for.
SealIdentity IdentityOf(const PublishedDevice& device);
// Fails with kCorrupt where there are no such parameters.
Result<OtpParameters> Parameters(std::int64_t algorithm, std::int64_t digits,
                                 std::int64_t interval);
// Fail with kCorrupt or kUnknownVersion, naming the user.
Result<OpenedRow> Open(const Statement& row, const KeyRing& keys);
// As the live store takes it.
Result<PublishedDevice> OpenPublished(const Statement& row, const KeyRing& keys);
HotpCounter CounterOf(const Statement& row);
std::string LabelOf(const Statement& row);

}  // namespace twofactor::rows

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_VAULT_ROWS_H_
