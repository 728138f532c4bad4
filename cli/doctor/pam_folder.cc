#include "cli/doctor/pam_folder.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <vector>

namespace twofactor {
namespace {

namespace fs = std::filesystem;

constexpr std::array kFolders = {"etc/pam.d", "usr/lib/pam.d"};

std::optional<std::string> ReadText(const fs::path& path) {
  std::error_code ignored;
  std::ifstream file;
  if (fs::is_regular_file(path, ignored)) {
    file.open(path);
  }
  if (!file.is_open()) {
    return std::nullopt;
  }
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool EndsWith(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

bool IsLeftOver(const std::string& name) {
  constexpr std::array kEndings = {"~",    ".bak", ".old", ".orig",         ".save",
                                   ".swp", "-old", "-new", kBeforeTwofactor};
  return name.empty() || name.front() == '.' || name.find(".dpkg-") != std::string::npos ||
         name.find(".rpm") != std::string::npos || name.find(".ucf-") != std::string::npos ||
         std::any_of(kEndings.begin(), kEndings.end(),
                     [&name](const char* end) { return EndsWith(name, end); });
}

// Where Linux-PAM of the usual distributions looks for modules.
std::vector<fs::path> ModuleFolders(const fs::path& root) {
  std::vector<fs::path> folders;
  for (const char* library : {"usr/lib", "usr/lib64", "lib", "lib64"}) {
    folders.push_back(root / library / "security");
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(root / library, ignored)) {
      folders.push_back(entry.path() / "security");
    }
  }
  return folders;
}

}  // namespace

std::set<std::string> PamFolder::Services() const {
  std::set<std::string> services;
  for (const char* folder : kFolders) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(fs::path(root_) / folder, ignored)) {
      const std::string name = entry.path().filename();
      if (!IsLeftOver(name)) {
        services.insert(name);
      }
    }
  }
  return services;
}

std::optional<std::string> PamFolder::FileOf(const std::string& name) const {
  if (name.front() == '/') {
    return ReadText(root_ + name) ? std::optional(name) : std::nullopt;
  }
  for (const std::string folder : kFolders) {
    std::string path = "/" + folder + "/" + name;
    if (ReadText(root_ + path)) {
      return path;
    }
  }
  return std::nullopt;
}

std::optional<std::string> PamFolder::TextOf(const std::string& service) const {
  const auto path = FileOf(service);
  return path ? ReadText(root_ + *path) : std::nullopt;
}

PamStack PamFolder::StackOf(const std::string& service, const std::string& type) const {
  PamStack stack =
      ReadPamStack(service, type, [this](const std::string& name) { return TextOf(name); });
  for (PamLine& line : stack) {
    line.file = FileOf(line.file).value_or(line.file);
    line.installed = line.module.empty() || FindModule(line.path).has_value();
  }
  return stack;
}

std::optional<std::string> PamFolder::FindModule(const std::string& path) const {
  std::error_code ignored;
  if (path.front() == '/') {
    return fs::exists(root_ + path, ignored) ? std::optional(root_ + path) : std::nullopt;
  }
  for (const fs::path& folder : ModuleFolders(root_)) {
    if (fs::exists(folder / path, ignored)) {
      return folder / path;
    }
  }
  return std::nullopt;
}

}  // namespace twofactor
