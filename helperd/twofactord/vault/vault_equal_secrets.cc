#include <algorithm>
#include <utility>

#include "common/otp/same_codes.h"
#include "helperd/twofactord/vault/equal_secrets.h"
#include "helperd/twofactord/vault/vault.h"

// Vaults of before PutSecret refused it may hold devices of one user that make the same codes.
namespace twofactor {

Result<std::vector<std::string>> Vault::NamesWithSeveralDevices() {
  auto select = database_.Prepare(
      "SELECT username FROM devices WHERE device < ? GROUP BY username HAVING COUNT(*) > 1");
  if (!select) {
    return Fail(select.error());
  }
  select->Bind(std::int64_t{kMaxDevices});
  std::vector<std::string> names;
  for (;;) {
    const auto row = select->Step();
    if (!row || !*row) {
      return row ? Result<std::vector<std::string>>(std::move(names)) : Fail(row.error());
    }
    names.emplace_back(select->Text(0));
  }
}

// A daemon that is killed between closing the devices and the commit has closed them with these
// very generations, and what was used of them is no longer in the live store.
Result<void> Vault::MergeGroup(const std::vector<const SecretRow*>& group, const CloseDevice& close,
                               std::vector<MergedSecret>& merged) {
  std::vector<EqualDevice> uses;
  bool all_known = true;
  for (const SecretRow* row : group) {
    const auto newer = NextGeneration();
    if (!newer) {
      return Fail(newer.error());
    }
    const auto used = close(row->device.slot, row->device.generation, *newer);
    all_known = all_known && used;
    uses.push_back({row->device.kind, row->device.parameters,
                    std::max(row->device.first_step, used.value_or(0)), row->counter});
  }
  const MergedDevice all = MergeEqualDevices(uses);
  const SecretRow& kept = *group[all.kept];
  const Username& username = kept.device.username;
  for (const SecretRow* row : group) {
    if (row == &kept) {
      continue;
    }
    const auto removed = RemoveDevice(username, row->device.uid, row->device.device);
    if (!removed) {
      return Fail(removed.error());
    }
    merged.push_back({username, row->label, kept.label});
  }
  const bool totp = kept.device.kind == DeviceKind::kTotp;
  const bool has_past = all.has_past || !all_known;
  const TimeStep first_step =
      totp && has_past ? std::max(all.first_step, TimeStep{1}) : all.first_step;
  const auto written = WriteSecret({.username = username,
                                    .uid = kept.device.uid,
                                    .device = kept.device.device,
                                    .parameters = kept.device.parameters,
                                    .created = kept.device.created,
                                    .secret = kept.secret.Clone(),
                                    .kind = kept.device.kind,
                                    .label = kept.label,
                                    .skew = kept.device.skew},
                                   {first_step, all.counter});
  return written ? Result<void>() : Fail(written.error());
}

Result<void> Vault::MergeDevicesOf(const Username& username, const CloseDevice& close,
                                   std::vector<MergedSecret>& merged) {
  const auto rows = ReadSecrets(username);
  if (!rows) {
    return Fail(rows.error());
  }
  std::vector<bool> seen(rows->size());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    std::vector<const SecretRow*> group;
    for (std::size_t j = i; j < rows->size(); ++j) {
      const SecretRow& a = (*rows)[i];
      const SecretRow& b = (*rows)[j];
      if (!seen[j] && a.device.uid == b.device.uid && MakeSameCodes(a.secret, b.secret)) {
        seen[j] = true;
        group.push_back(&b);
      }
    }
    const auto done = group.size() > 1 ? MergeGroup(group, close, merged) : Result<void>();
    if (!done) {
      return done;
    }
  }
  return {};
}

Result<std::vector<MergedSecret>> Vault::MergeEqualSecrets(const CloseDevice& close) {
  const auto names = NamesWithSeveralDevices();
  if (!names || names->empty()) {
    return names ? Result<std::vector<MergedSecret>>({}) : Fail(names.error());
  }
  if (const auto begun = Begin(); !begun) {
    return Fail(begun.error());
  }
  std::vector<MergedSecret> merged;
  Result<void> done;
  for (const std::string& name : *names) {
    const auto username = Username::Parse(name);
    done = username ? MergeDevicesOf(*username, close, merged)
                    : Fail(ErrorCode::kCorrupt, "the vault holds a name that cannot be");
    if (!done) {
      break;
    }
  }
  if (done) {
    done = Commit();
  }
  if (!done) {
    if (InTransaction()) {
      RollBack();
    }
    return Fail(done.error());
  }
  return merged;
}

}  // namespace twofactor
