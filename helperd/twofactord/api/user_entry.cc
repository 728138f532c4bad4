#include "helperd/twofactord/api/user_entry.h"

#include <utility>

#include "helperd/messages/date_time.h"
#include "helperd/twofactord/api/entry_versions.h"
#include "helperd/twofactord/api/user_entry_shape.h"

namespace twofactor {
namespace {

using nlohmann::json;

void RedactHashes(json& entry) {
  for (const char* field : kHashFields) {
    if (entry.contains(field) && !entry[field].is_null()) {
      entry[field] = kRedacted;
    }
  }
}

}  // namespace

json MakeUserEntry(Session& session, json described, const std::optional<DeviceState>& device) {
  CallerSession& caller = CallerSession::Of(session);
  json entry = std::move(described);
  if (!caller.caller().MaySeeHashes(entry.at("uid").get<uid_t>())) {
    RedactHashes(entry);
  }
  if (json& date = entry.at(kDateField); date.is_string()) {
    const auto moment = ParseDateTime(date.get_ref<const std::string&>());
    date = moment ? DateTimeJson(*moment) : json();
  }
  std::vector<gid_t> groups = entry.at("groups").get<std::vector<gid_t>>();
  groups.push_back(entry.at("group").at("bsdgrp_gid").get<gid_t>());
  entry["roles"] = caller.RolesOf(entry.at("uid").get<uid_t>(), groups).Names();
  entry["api_keys"] = json::array();
  entry["twofactor_auth_configured"] = device.has_value();
  entry["twofactor_config"] = TwofactorConfig(device);
  FitToVersion(VersionedObject::kUser, session.version, entry);
  return entry;
}

}  // namespace twofactor
