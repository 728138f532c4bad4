#include "cli/doctor/pam_folder.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

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

bool IsLeftOver(const std::string& name) {
  return name.empty() || name.back() == '~' || name.front() == '.' ||
         name.find(".dpkg-") != std::string::npos || name.find(".rpm") != std::string::npos;
}

}  // namespace

std::set<std::string> PamFolder::Services() const {
  std::set<std::string> services;
  std::error_code ignored;
  for (const char* folder : kFolders) {
    for (const auto& entry : fs::directory_iterator(fs::path(root_) / folder, ignored)) {
      const std::string name = entry.path().filename();
      if (!IsLeftOver(name)) {
        services.insert(name);
      }
    }
  }
  return services;
}

PamStack PamFolder::StackOf(const std::string& service) const {
  return ReadAuthStack(service, [this](const std::string& name) -> std::optional<std::string> {
    for (const char* folder : kFolders) {
      // An include may name a file by its whole path.
      if (auto text = ReadText(fs::path(root_) / folder / fs::path(name).filename())) {
        return text;
      }
    }
    return std::nullopt;
  });
}

}  // namespace twofactor
