#include "helperd/twofactord/vault/vault_rows.h"

#include <utility>

namespace twofactor::rows {

WallTime ToWallTime(std::int64_t seconds) { return WallTime(std::chrono::seconds(seconds)); }

SealIdentity IdentityOf(const PublishedDevice& device) {
  SealIdentity identity("twofactor device secret");
  identity.Add(device.username.text())
      .Add(device.uid)
      .Add(device.device)
      .Add(device.generation)
      .Add(static_cast<std::uint64_t>(device.parameters.algorithm))
      .Add(static_cast<std::uint64_t>(device.parameters.digits))
      .Add(static_cast<std::uint64_t>(device.parameters.interval.count()));
  // Vaults of version 1 hold TOTP devices alone, and say nothing of the kind.
  return device.kind == DeviceKind::kTotp ? identity
                                          : identity.Add(static_cast<std::uint64_t>(device.kind));
}

Result<OtpParameters> Parameters(std::int64_t algorithm, std::int64_t digits,
                                 std::int64_t interval) {
  const auto known = AlgorithmFromStored(static_cast<std::uint8_t>(algorithm));
  const OtpParameters parameters{known.value_or(OtpAlgorithm::kSha1), static_cast<int>(digits),
                                 std::chrono::seconds(interval)};
  if (!known || !parameters.Valid()) {
    return Fail(ErrorCode::kCorrupt, "the vault holds parameters that cannot be");
  }
  return parameters;
}

Result<OpenedRow> Open(const Statement& row, const KeyRing& keys) {
  auto username = Username::Parse(row.Text(0));
  if (!username) {
    return Fail(ErrorCode::kCorrupt, "the vault holds a name that cannot be");
  }
  const auto parameters = Parameters(row.Integer(6), row.Integer(7), row.Integer(8));
  if (!parameters) {
    return Fail(parameters.error().Under("user " + username->text()));
  }
  const auto kind = DeviceKindFromStored(static_cast<std::uint8_t>(row.Integer(9)));
  if (!kind) {
    return Fail(ErrorCode::kUnknownVersion, "user " + username->text() + ": an unknown device");
  }
  const auto skew = row.Integer(10);
  if (skew < -kMaxSkew || skew > kMaxSkew) {
    return Fail(ErrorCode::kCorrupt, "user " + username->text() + ": a skew that cannot be");
  }
  PublishedDevice device{.username = std::move(*username),
                         .uid = static_cast<uid_t>(row.Integer(2)),
                         .device = static_cast<std::uint32_t>(row.Integer(1)),
                         .slot = static_cast<std::uint64_t>(row.Integer(3)),
                         .generation = static_cast<std::uint32_t>(row.Integer(4)),
                         .parameters = *parameters,
                         .created = ToWallTime(row.Integer(5)),
                         .secret = {},
                         .kind = *kind,
                         .skew = static_cast<int>(skew),
                         .first_step = static_cast<TimeStep>(row.Integer(11))};
  auto secret = Unseal(keys, IdentityOf(device), row.Blob(12));
  if (!secret) {
    return Fail(secret.error().Under("user " + device.username.text()));
  }
  return OpenedRow{std::move(device), std::move(*secret)};
}

Result<PublishedDevice> OpenPublished(const Statement& row, const KeyRing& keys) {
  auto opened = Open(row, keys);
  if (!opened) {
    return Fail(opened.error());
  }
  if (opened->device.kind == DeviceKind::kTotp) {
    opened->device.secret = std::move(opened->secret);
  }
  return std::move(opened->device);
}

HotpCounter CounterOf(const Statement& row) { return static_cast<HotpCounter>(row.Integer(13)); }

std::string LabelOf(const Statement& row) { return std::string(row.Text(14)); }

}  // namespace twofactor::rows
