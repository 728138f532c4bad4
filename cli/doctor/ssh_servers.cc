#include "cli/doctor/ssh_servers.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

#include "cli/doctor/unit_files.h"

namespace twofactor {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> CommandWords(std::string text) {
  std::replace(text.begin(), text.end(), '\0', ' ');
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

// "-/usr/sbin/sshd" of a unit, or "sshd:" of a process.
bool IsSshd(const std::string& word) {
  const std::string name = word.substr(word.find_last_of("/-@!+:", word.size() - 2) + 1);
  return name == "sshd" || name == "sshd:";
}

// What others than root call themselves is not believed.
bool IsOf(const fs::path& process, uid_t owner) {
  struct stat status {};
  return stat(process.c_str(), &status) == 0 && status.st_uid == owner;
}

bool IsProcess(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

std::string ReadCommandLine(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void AddConfig(const std::vector<std::string>& words, std::set<std::string>& files) {
  const std::string file = SshdConfigIn(words);
  // One with a specifier of systemd's is known by its processes alone.
  if (file.starts_with('/') && file.find('%') == std::string::npos) {
    files.insert(file);
  }
}

}  // namespace

std::string SshdConfigIn(const std::vector<std::string>& words) {
  if (words.empty() || !IsSshd(words[0])) {
    return "";
  }
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "-f" && i + 1 < words.size()) {
      return words[i + 1];
    }
    if (words[i].starts_with("-f") && words[i].size() > 2) {
      return words[i].substr(2);
    }
  }
  return "";
}

std::set<std::string> FindSshdConfigs(const std::string& root) {
  std::set<std::string> files;
  for (const UnitFile& unit : ReadServiceUnits(root)) {
    if (unit.enabled) {
      for (const std::string& command : unit.ValuesOf("ExecStart")) {
        AddConfig(CommandWords(command), files);
      }
    }
  }
  struct stat owner {};
  stat(root.c_str(), &owner);
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(fs::path(root) / "proc", ignored)) {
    if (IsProcess(entry.path().filename()) && IsOf(entry.path(), owner.st_uid)) {
      AddConfig(CommandWords(ReadCommandLine(entry.path() / "cmdline")), files);
    }
  }
  return files;
}

}  // namespace twofactor
