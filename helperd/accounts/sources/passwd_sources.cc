#include "helperd/accounts/sources/passwd_sources.h"

#include <nss.h>

#include <algorithm>

#include "helperd/accounts/sources/passwd.h"
#include "helperd/accounts/sources/text_file.h"

namespace twofactor {
namespace {

constexpr std::string_view kBlanks = " \t";

// Returns the words of a line, without those in brackets.
std::vector<std::string> SourcesOn(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool action = false;
  for (const char character : std::string(line) + " ") {
    if (action || character == '[') {
      action = character != ']';
    } else if (kBlanks.find(character) == std::string_view::npos) {
      word += character;
      continue;
    }
    if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

// Makes this the only source of the database, and does not ask a cache (nscd).
Result<void> AskAlone(const std::string& source) {
  return __nss_configure_lookup("passwd", source.c_str()) == 0
             ? Result<void>()
             : Fail(ErrorCode::kUnavailable, "choose a source of NSS");
}

UserCheck Unanswered(const std::string& source, const Error& error) {
  return {.state = UserCheck::State::kUnanswered,
          .reason = "the source '" + source + "' of nsswitch.conf: " + error.message()};
}

UserCheck CheckUid(const UserToCheck& user, const std::vector<std::string>& sources,
                   const PasswdLookups& lookups) {
  for (const std::string& source : sources) {
    const auto entry = lookups.by_uid(source, user.uid);
    if (!entry) {
      return Unanswered(source, entry.error());
    }
    if (*entry) {
      return {.state = UserCheck::State::kRenamed, .name = (*entry)->name, .uid = user.uid};
    }
  }
  return {.state = UserCheck::State::kGone};
}

}  // namespace

std::vector<std::string> ParsePasswdSources(std::string_view nsswitch) {
  constexpr std::string_view kDatabase = "passwd:";
  for (std::string_view line : LinesOf(nsswitch)) {
    line = line.substr(0, line.find('#'));
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (line.substr(0, kDatabase.size()) == kDatabase) {
      auto words = SourcesOn(line.substr(kDatabase.size()));
      if (!words.empty()) {
        return words;
      }
    }
  }
  return {"files"};
}

PasswdLookups SystemPasswdLookups() {
  return {[](const std::string& source, const std::string& name) -> PasswdLookups::Found {
            const auto alone = AskAlone(source);
            return alone ? FindPasswdByName(name) : Fail(alone.error());
          },
          [](const std::string& source, uid_t uid) -> PasswdLookups::Found {
            const auto alone = AskAlone(source);
            return alone ? FindPasswdByUid(uid) : Fail(alone.error());
          }};
}

UserCheck CheckUser(const UserToCheck& user, const std::vector<std::string>& sources,
                    const PasswdLookups& lookups) {
  for (const std::string& source : sources) {
    const auto entry = lookups.by_name(source, user.name);
    if (!entry) {
      return Unanswered(source, entry.error());
    }
    if (*entry) {
      return {.state = (*entry)->uid == user.uid ? UserCheck::State::kKnown
                                                 : UserCheck::State::kOtherUid,
              .uid = (*entry)->uid};
    }
  }
  return CheckUid(user, sources, lookups);
}

}  // namespace twofactor
