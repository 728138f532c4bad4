#include "helperd/twofactord/api/user_entry.h"

#include <utility>

#include "helperd/twofactord/api/user_entry_shape.h"

namespace twofactor {
namespace {

void RedactHashes(nlohmann::json& entry) {
  for (const char* field : kHashFields) {
    if (entry.contains(field) && !entry[field].is_null()) {
      entry[field] = kRedacted;
    }
  }
}

}  // namespace

nlohmann::json MakeUserEntry(Call& call, nlohmann::json described,
                             const std::optional<DeviceState>& device) {
  nlohmann::json entry = std::move(described);
  if (!MaySeeHashes(call.caller(), entry.at("uid").get<uid_t>())) {
    RedactHashes(entry);
  }
  std::vector<gid_t> groups = entry.at("groups").get<std::vector<gid_t>>();
  groups.push_back(entry.at("group").at("bsdgrp_gid").get<gid_t>());
  entry["roles"] = call.caller_session().RolesOf(entry.at("uid").get<uid_t>(), groups);
  entry["api_keys"] = nlohmann::json::array();
  entry["twofactor_auth_configured"] = device.has_value();
  entry["twofactor_config"] = TwofactorConfig(device);
  return entry;
}

}  // namespace twofactor
