#ifndef TWOFACTOR_CLI_DOCTOR_UNIT_FILES_H_
#define TWOFACTOR_CLI_DOCTOR_UNIT_FILES_H_

#include <string>
#include <utility>
#include <vector>

namespace twofactor {

// The settings of a systemd unit as its file and its drop-ins have them, in the order in which
// systemd reads them (systemd.unit(5)).
struct UnitFile {
  std::string name;                                           // "ssh.service".
  std::vector<std::pair<std::string, std::string>> settings;  // "ProtectSystem", "strict".
  bool enabled = false;  // A link in a folder *.wants or *.requires names it.

  // All values of a list, from after the last one that empties it.
  std::vector<std::string> ValuesOf(const std::string& key) const;
  // The last value; empty where there is none.
  std::string ValueOf(const std::string& key) const;
};

// Every service unit of the tree `root`; one of the administrator takes the place of the vendor's.
std::vector<UnitFile> ReadServiceUnits(const std::string& root);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_DOCTOR_UNIT_FILES_H_
