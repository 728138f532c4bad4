#include <string>

#include "helperd/twofactord/api/methods.h"

// The change of the vault's key, a batch of secrets at a time. The keys that go over the socket, to
// and from root alone, are those that the daemon holds in its memory anyway and that root may read
// where they are kept.
namespace twofactor::methods {
namespace {

using nlohmann::json;

// The call's key, which the call forgets.
Result<VaultKey> TakeKeyInPlace(json& param) {
  auto& text = param.get_ref<std::string&>();
  auto key = VaultKey::Parse(text);
  WipeMemory(text.data(), text.size());
  return key ? std::move(key) : Fail(ErrorCode::kConflict, key.error().message());
}

std::string TextOf(const VaultKey& key) {
  SecretBytes text = key.ToText();
  text.Truncate(2 * VaultKey::kBytes);
  return std::string(text.text());
}

}  // namespace

void StartRekey(const CallPtr& call) {
  const auto permit = PermitRekey(call->caller());
  auto in_place = TakeKeyInPlace(call->params[0]);
  if (!permit || !in_place) {
    call->Refuse(permit ? in_place.error() : permit.error());
    return;
  }
  call->services.store.StartRekey(*permit, std::move(*in_place),
                                  [call](const Result<StartedRekey>& started) {
                                    if (!started) {
                                      call->Refuse(started.error());
                                      return;
                                    }
                                    call->Answer({{"key", TextOf(started->key)},
                                                  {"resumed", started->resumed},
                                                  {"secrets", started->secrets}});
                                  });
}

void NextOfRekey(const CallPtr& call) {
  const auto permit = PermitRekey(call->caller());
  if (!permit) {
    call->Refuse(permit.error());
    return;
  }
  call->services.store.MoveSeals(*permit, [call](const Result<MovedSeals>& moved) {
    if (!moved) {
      call->Refuse(moved.error());
      return;
    }
    call->Answer({{"secrets", moved->secrets}, {"last", !moved->next.has_value()}});
  });
}

void FinishRekey(const CallPtr& call) {
  const auto permit = PermitRekey(call->caller());
  auto in_place = TakeKeyInPlace(call->params[0]);
  if (!permit || !in_place) {
    call->Refuse(permit ? in_place.error() : permit.error());
    return;
  }
  call->services.store.FinishRekey(*permit, std::move(*in_place),
                                   [call](const Result<void>& finished) {
                                     if (!finished) {
                                       call->Refuse(finished.error());
                                       return;
                                     }
                                     call->Answer(nullptr);
                                   });
}

}  // namespace twofactor::methods
