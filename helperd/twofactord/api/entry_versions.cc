#include "helperd/twofactord/api/entry_versions.h"

#include <array>
#include <limits>

namespace twofactor {
namespace {

using nlohmann::json;

constexpr ApiVersion kAlways{0, 0, 0};
constexpr ApiVersion kForever{std::numeric_limits<int>::max(), 0, 0};

// A field that not every version has.
struct VersionedField {
  VersionedObject kind;
  const char* name;
  ApiVersion since;
  ApiVersion until;  // The first version without it.
  // What a field that the object itself does not have is there: null, or false.
  bool is_false = false;
};

constexpr std::array kFields = {
    VersionedField{VersionedObject::kUser, "last_password_change", {25, 4, 1}, kForever},
    VersionedField{VersionedObject::kUser, "password_age", {25, 4, 1}, kForever},
    VersionedField{VersionedObject::kUser, "password_history", {25, 4, 1}, kForever},
    VersionedField{VersionedObject::kUser, "password_change_required", {25, 4, 1}, kForever},
    VersionedField{VersionedObject::kUser, "id_type_both", kAlways, {25, 10, 0}},
    VersionedField{VersionedObject::kUser, "webshare", {26, 0, 0}, kForever, true},
    VersionedField{VersionedObject::kGroup, "id_type_both", kAlways, {25, 10, 0}},
    VersionedField{VersionedObject::kGroup, "immutable", {25, 10, 0}, kForever},
    VersionedField{VersionedObject::kLogin, "reconnect_token", {26, 0, 0}, kForever},
};

}  // namespace

void FitToVersion(VersionedObject kind, const ApiVersion& version, json& object) {
  for (const VersionedField& field : kFields) {
    if (field.kind != kind) {
      continue;
    }
    if (version < field.since || version >= field.until) {
      object.erase(field.name);
    } else if (!object.contains(field.name)) {
      object[field.name] = field.is_false ? json(false) : json();
    }
  }
}

}  // namespace twofactor
