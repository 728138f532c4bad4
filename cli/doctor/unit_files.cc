#include "cli/doctor/unit_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <system_error>

namespace twofactor {
namespace {

namespace fs = std::filesystem;

// The first that has a unit's file wins; drop-ins of all of them count.
constexpr std::array kUnitFolders = {"etc/systemd/system", "run/systemd/system",
                                     "usr/local/lib/systemd/system", "usr/lib/systemd/system",
                                     "lib/systemd/system"};
constexpr std::string_view kService = ".service";
constexpr std::string_view kDropIns = ".service.d";

using Settings = std::vector<std::pair<std::string, std::string>>;

std::string Stripped(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  return first == std::string::npos
             ? ""
             : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// Of any section: no name of interest is in two.
void ReadSettings(const fs::path& path, Settings& settings) {
  std::ifstream file(path);
  std::string joined;
  std::string line;
  while (std::getline(file, line)) {
    const std::string text = Stripped(line);
    if (text.empty() || text.front() == '#' || text.front() == ';') {
      continue;
    }
    const bool continued = text.back() == '\\';
    joined += continued ? text.substr(0, text.size() - 1) + " " : text;
    const std::size_t equals = joined.find('=');
    if (!continued && equals != std::string::npos) {
      settings.emplace_back(Stripped(joined.substr(0, equals)),
                            Stripped(joined.substr(equals + 1)));
    }
    joined = continued ? joined : "";
  }
}

struct Sources {
  fs::path file;
  // By their names, of which the first folder's counts.
  std::map<std::string, fs::path> drop_ins;
};

void AddFolder(const fs::path& folder, std::map<std::string, Sources>& units,
               std::set<std::string>& enabled) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename();
    if (name.ends_with(kService)) {
      units[name].file = units[name].file.empty() ? entry.path() : units[name].file;
    } else if (name.ends_with(kDropIns)) {
      for (const auto& part : fs::directory_iterator(entry.path(), ignored)) {
        units[name.substr(0, name.size() - 2)].drop_ins.emplace(part.path().filename(),
                                                                part.path());
      }
    } else if (name.ends_with(".wants") || name.ends_with(".requires")) {
      for (const auto& link : fs::directory_iterator(entry.path(), ignored)) {
        enabled.insert(link.path().filename());
      }
    }
  }
}

// "sshd@2.service" is one of "sshd@.service".
std::string TemplateOf(const std::string& name) {
  const std::size_t at = name.find('@');
  return at == std::string::npos ? name : name.substr(0, at + 1) + std::string(kService);
}

}  // namespace

std::vector<std::string> UnitFile::ValuesOf(const std::string& key) const {
  std::vector<std::string> values;
  for (const auto& [setting, value] : settings) {
    if (setting != key) {
      continue;
    }
    if (value.empty()) {
      values.clear();
    } else {
      values.push_back(value);
    }
  }
  return values;
}

std::string UnitFile::ValueOf(const std::string& key) const {
  const std::vector<std::string> values = ValuesOf(key);
  return values.empty() ? "" : values.back();
}

std::vector<UnitFile> ReadServiceUnits(const std::string& root) {
  std::map<std::string, Sources> sources;
  std::set<std::string> enabled;
  for (const char* folder : kUnitFolders) {
    AddFolder(fs::path(root) / folder, sources, enabled);
  }
  std::set<std::string> started;
  for (const std::string& name : enabled) {
    started.insert(TemplateOf(name));
  }
  std::vector<UnitFile> units;
  for (const auto& [name, source] : sources) {
    if (source.file.empty()) {
      continue;  // Drop-ins of a unit that is not there.
    }
    UnitFile unit{name, {}, started.count(name) != 0};
    ReadSettings(source.file, unit.settings);
    for (const auto& [ignored, part] : source.drop_ins) {
      ReadSettings(part, unit.settings);
    }
    units.push_back(std::move(unit));
  }
  return units;
}

}  // namespace twofactor
