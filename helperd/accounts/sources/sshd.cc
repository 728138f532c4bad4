#include "helperd/accounts/sources/sshd.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "helperd/accounts/sources/text_file.h"
#include "helperd/accounts/tool.h"

namespace twofactor {
namespace {

using Words = std::vector<std::string>;

// Lines are "keyword argument …", the keyword in lower case.
std::map<std::string_view, Words> ParseKeywords(std::string_view text) {
  std::map<std::string_view, Words> keywords;
  for (const std::string_view line : LinesOf(text)) {
    const auto words = WordsOf(line);
    if (!words.empty()) {
      keywords.emplace(words[0], Words(words.begin() + 1, words.end()));
    }
  }
  return keywords;
}

bool CannotStart(const ChildOutput& output) {
  for (const char* reason : {"Missing privilege separation directory", "no hostkeys available"}) {
    if (output.err.find(reason) != std::string::npos) {
      return true;
    }
  }
  return false;
}

// Each element is a list of methods that must all succeed, such as "publickey,password".
bool AsksForPassword(const std::string& methods) {
  for (const std::string_view method : FieldsOf(methods, ',')) {
    if (method == "any" || method == "password" || method.starts_with("keyboard-interactive")) {
      return true;
    }
  }
  return false;
}

}  // namespace

Result<std::vector<std::string>> SshdArguments(const std::string& user) {
  if (user.find(',') != std::string::npos) {
    return Fail(ErrorCode::kUnavailable, "sshd cannot be asked about a name with a comma");
  }
  return std::vector<std::string>{"-T", "-C", "user=" + user + ",host=localhost,addr=127.0.0.1"};
}

Result<SshdSettings> ReadSshdSettings(const ChildOutput& output) {
  if (output.status != 0) {
    return CannotStart(output) ? Result<SshdSettings>(SshdSettings())
                               : Fail(ToolFailed("sshd", output));
  }
  auto keywords = ParseKeywords(output.out);
  for (const char* needed : {"passwordauthentication", "usepam", "permitrootlogin"}) {
    if (keywords[needed].empty()) {
      return Fail(ErrorCode::kUnavailable, std::string("sshd -T did not print ") + needed);
    }
  }
  const Words yes = {"yes"};
  SshdSettings settings;
  settings.password = keywords["passwordauthentication"] == yes;
  settings.keyboard_interactive = keywords["kbdinteractiveauthentication"] == yes;
  settings.use_pam = keywords["usepam"] == yes;
  settings.permit_root_login = keywords["permitrootlogin"][0];
  if (const Words& methods = keywords["authenticationmethods"]; !methods.empty()) {
    settings.authentication_methods = methods;
  }
  if (const Words& files = keywords["authorizedkeysfile"]; !files.empty()) {
    settings.authorized_keys_files = files;
  }
  return settings;
}

bool AllowsPassword(const SshdSettings& settings, uid_t uid) {
  if (uid == 0 && settings.permit_root_login != "yes") {
    return false;
  }
  const bool through_pam = settings.keyboard_interactive && settings.use_pam;
  return (settings.password || through_pam) &&
         std::any_of(settings.authentication_methods.begin(), settings.authentication_methods.end(),
                     AsksForPassword);
}

}  // namespace twofactor
