#include <cstdint>

#include "cli/commands/commands.h"
#include "cli/import/entry.h"
#include "cli/json_fields.h"
#include "cli/rekey/key_place.h"
#include "cli/translate.h"

// Gives the vault another key. Whatever is killed meanwhile, either key opens the vault until the
// new one is in place and everything is sealed with it (docs/keys.md).
namespace twofactor {
namespace {

using nlohmann::json;

// A call that tells the daemon a key, which is forgotten here.
Result<json> CallWithKey(Connection& daemon, std::string_view method, const SecretBytes& key) {
  json params = json::array({std::string(key.text())});
  auto answer = daemon.Call(method, params);
  WipeTexts(params);
  return answer;
}

Result<std::int64_t> MoveSecrets(Connection& daemon, Terminal& terminal, std::int64_t secrets) {
  std::int64_t moved = 0;
  for (bool last = false; !last;) {
    const auto part = daemon.Call("rekey.next", json::array());
    if (!part) {
      terminal.ShowProgress("");
      return Fail(part.error());
    }
    moved += NumberAt(*part, "secrets");
    last = TruthAt(*part, "last");
    terminal.ShowProgress(Say("%1 of %2 secrets", moved, secrets));
  }
  terminal.ShowProgress("");
  return moved;
}

// What comes after the daemon made the new key.
Result<std::int64_t> PutAndMove(Connection& daemon, Terminal& terminal, const KeyPlace& place,
                                const SecretBytes& key, std::int64_t secrets) {
  const auto in_place = place.Read();
  if (!in_place || !in_place->Equals(key)) {
    if (const auto put = place.Put(key); !put) {
      return Fail(put.error());
    }
  }
  const auto moved = MoveSecrets(daemon, terminal, secrets);
  if (!moved) {
    return moved;
  }
  // As the next start will read it, and not as it was written.
  const auto placed = place.Read();
  const auto finished =
      placed ? CallWithKey(daemon, "rekey.finish", *placed) : Fail(placed.error());
  return finished ? moved : Fail(finished.error());
}

}  // namespace

Result<CommandResult> RunRekey(const CliArguments& arguments, Connection& daemon,
                               Terminal& terminal) {
  const auto place =
      KeyPlace::Take(arguments.root, arguments.key_file, {.seal = TWOFACTOR_SEAL_TOOL});
  if (!place) {
    return Fail(place.error());
  }
  const auto old = place->Read();
  auto started = old ? CallWithKey(daemon, "rekey.start", *old) : Fail(old.error());
  if (!started) {
    return Fail(started.error());
  }
  const SecretBytes key = SecretBytes::CopyOf(TextAt(*started, "key"));
  const bool resumed = TruthAt(*started, "resumed");
  const std::int64_t secrets = NumberAt(*started, "secrets");
  WipeTexts(*started);
  const auto moved = PutAndMove(daemon, terminal, *place, key, secrets);
  if (!moved) {
    return Fail(moved.error().code(), Say("%1; nothing is lost, because the key in place opens the "
                                          "vault. Run rekey again to finish",
                                          moved.error().message()));
  }
  CommandResult result;
  result.json = {{"changed", true},
                 {"resumed", resumed},
                 {"secrets", *moved},
                 {"key", place->path()},
                 {"kind", NameOf(place->kind())}};
  result.text = SayCount(
      "The vault has a new key, %2 (%3), which now encrypts %1 secret. The old key no longer opens "
      "anything. Back up the new key.\n",
      "The vault has a new key, %2 (%3), which now encrypts %1 secrets. The old key no longer "
      "opens anything. Back up the new key.\n",
      *moved, place->path(), TextOf(place->kind()));
  return result;
}

}  // namespace twofactor
