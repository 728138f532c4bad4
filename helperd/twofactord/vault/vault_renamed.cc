#include <algorithm>
#include <utility>

#include "helperd/twofactord/vault/vault.h"
#include "helperd/twofactord/vault/vault_rows.h"

// A user who has another name now. A secret is sealed for its user's name, so each is opened and
// sealed anew.
namespace twofactor {
namespace {

NewSecret ForNewName(rows::OpenedRow row, const Statement& statement, const Username& new_name) {
  return {.username = new_name,
          .uid = row.device.uid,
          .device = row.device.device,
          .parameters = row.device.parameters,
          .created = row.device.created,
          .secret = std::move(row.secret),
          .kind = row.device.kind,
          .label = rows::LabelOf(statement),
          .skew = row.device.skew,
          .first_step = std::max(row.device.first_step, TimeStep{1}),
          .counter = rows::CounterOf(statement)};
}

}  // namespace

Result<Vault::RenamedUser> Vault::RenameUser(const Username& username, uid_t uid,
                                             const Username& new_name) {
  auto select = database_.Prepare(std::string(rows::kSelectDevices) +
                                  " WHERE username = ? AND uid = ? ORDER BY device");
  if (!select) {
    return Fail(select.error());
  }
  select->Bind(username.text()).Bind(std::int64_t{uid});
  RenamedUser renamed;
  std::vector<NewSecret> secrets;
  for (;;) {
    const auto row = select->Step();
    if (!row) {
      return Fail(row.error());
    }
    if (!*row) {
      break;
    }
    auto opened = rows::Open(*select, keys_);
    if (!opened) {
      return Fail(opened.error());
    }
    if (opened->device.kind == DeviceKind::kRecoveryCodes) {
      renamed.lost_recovery_codes = true;
      continue;
    }
    secrets.push_back(ForNewName(std::move(*opened), *select, new_name));
  }
  const auto asked = FindFirstAsked(username, uid);
  auto removed = asked ? ForgetUser(username, uid) : Fail(asked.error());
  if (!removed) {
    return Fail(removed.error());
  }
  renamed.removed = std::move(*removed);
  if (*asked) {
    if (const auto put = PutFirstAsked(new_name, uid, **asked); !put) {
      return Fail(put.error());
    }
  }
  for (const NewSecret& secret : secrets) {
    auto put = PutSecret(secret);
    if (!put) {
      return Fail(put.error());
    }
    renamed.published.push_back(std::move(*put));
  }
  return renamed;
}

}  // namespace twofactor
