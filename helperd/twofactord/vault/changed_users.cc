#include "helperd/twofactord/vault/changed_users.h"

#include <string_view>

namespace twofactor {
namespace {

constexpr const char* kFunction = "note_factor_change";

// Of the devices' columns these are what a device is. A row that gets another user's name has two
// users who must know.
constexpr const char* kTriggers = R"sql(
CREATE TEMP TRIGGER device_added AFTER INSERT ON main.devices
  BEGIN SELECT note_factor_change(NEW.username); END;
CREATE TEMP TRIGGER device_removed AFTER DELETE ON main.devices
  BEGIN SELECT note_factor_change(OLD.username); END;
CREATE TEMP TRIGGER device_changed
  AFTER UPDATE OF username, device, uid, slot, generation, created, algorithm, digits, interval,
    kind, label ON main.devices
  BEGIN SELECT note_factor_change(OLD.username), note_factor_change(NEW.username); END;
CREATE TEMP TRIGGER recovery_code_added AFTER INSERT ON main.recovery_codes
  BEGIN SELECT note_factor_change(NEW.username); END;
CREATE TEMP TRIGGER recovery_code_changed AFTER UPDATE ON main.recovery_codes
  BEGIN SELECT note_factor_change(OLD.username), note_factor_change(NEW.username); END;
CREATE TEMP TRIGGER bypass_given AFTER INSERT ON main.bypasses
  BEGIN SELECT note_factor_change(NEW.username); END;
CREATE TEMP TRIGGER bypass_ended AFTER DELETE ON main.bypasses
  BEGIN SELECT note_factor_change(OLD.username); END;
CREATE TEMP TRIGGER bypass_changed AFTER UPDATE ON main.bypasses
  BEGIN SELECT note_factor_change(OLD.username), note_factor_change(NEW.username); END;
)sql";

}  // namespace

Result<ChangedUsers> ChangedUsers::Watch(Database& database) {
  auto names = std::make_shared<Names>();
  const auto added = database.AddFunction(
      kFunction, [names](std::string_view username) { names->emplace(username); });
  const auto made = added ? database.Execute(kTriggers) : added;
  return made ? Result<ChangedUsers>(ChangedUsers(std::move(names)))
              : Fail(made.error().Under("watch for changes"));
}

}  // namespace twofactor
