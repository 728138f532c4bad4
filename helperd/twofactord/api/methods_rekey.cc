#include <string>

#include "helperd/twofactord/api/methods.h"

// The change of the vault's key, a batch of secrets at a time. Keys cross the socket to and from
// root only, who can read them where they are kept.
namespace twofactor::methods {
namespace {

using nlohmann::json;

// Takes the key out of the call and wipes it there.
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

void StartRekey(const CallPtr& call, const RootPermit& permit) {
  auto in_place = TakeKeyInPlace(call->params[0]);
  if (!in_place) {
    call->Refuse(in_place.error());
    return;
  }
  call->services.store.StartRekey(permit, std::move(*in_place),
                                  AnswerWith(call, [](const StartedRekey& started) {
                                    return json{{"key", TextOf(started.key)},
                                                {"resumed", started.resumed},
                                                {"secrets", started.secrets}};
                                  }));
}

void NextOfRekey(const CallPtr& call, const RootPermit& permit) {
  call->services.store.MoveSeals(
      permit, AnswerWith(call, [](const MovedSeals& moved) {
        return json{{"secrets", moved.secrets}, {"last", !moved.next.has_value()}};
      }));
}

void FinishRekey(const CallPtr& call, const RootPermit& permit) {
  auto in_place = TakeKeyInPlace(call->params[0]);
  if (!in_place) {
    call->Refuse(in_place.error());
    return;
  }
  call->services.store.FinishRekey(permit, std::move(*in_place), AnswerWith(call));
}

}  // namespace twofactor::methods
