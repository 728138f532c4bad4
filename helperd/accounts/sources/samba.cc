#include "helperd/accounts/sources/samba.h"

#include <string_view>

#include "helperd/accounts/sources/text_file.h"
#include "helperd/accounts/tool.h"

namespace twofactor {
namespace {

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool IsSid(std::string_view word) { return word.starts_with("S-1-"); }

// Returns the value in a line "<label>   <value>".
std::string_view ValueOf(std::string_view line, std::string_view label) {
  line.remove_prefix(label.size());
  const std::size_t start = line.find_first_not_of(" \t");
  return start == std::string_view::npos ? std::string_view() : line.substr(start);
}

// pdbedit prints the same for a missing user as for a passdb that it cannot open, except for the
// lines before.
bool SaysNotFoundAlone(const ChildOutput& output) {
  if (!Contains(output.err, "Username not found!")) {
    return false;
  }
  for (const char* sign : {"ailed", "annot", "rror"}) {
    if (Contains(output.err, sign)) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::vector<std::string> PdbeditArguments(const std::string& user) {
  return {"-L", "-v", "-w", "--user=" + user};
}

Result<std::optional<SambaAccount>> ReadPdbedit(const ChildOutput& output) {
  constexpr std::string_view kFlags = "Account Flags:";
  constexpr std::string_view kSid = "User SID:";
  constexpr std::string_view kHash = "NT hash             :";
  if (output.status != 0) {
    return SaysNotFoundAlone(output) ? Result<std::optional<SambaAccount>>(std::nullopt)
                                     : Fail(ToolFailed("pdbedit", output));
  }
  SambaAccount account;
  for (const std::string_view line : LinesOf(output.out)) {
    if (line.starts_with(kFlags)) {
      account.enabled = !Contains(ValueOf(line, kFlags), "D");
    } else if (line.starts_with(kSid)) {
      account.sid = ValueOf(line, kSid);
    } else if (line.starts_with(kHash) && !ValueOf(line, kHash).starts_with('X') &&
               !ValueOf(line, kHash).starts_with("NO PASSWORD")) {
      account.nt_hash = ValueOf(line, kHash);
    }
  }
  if (!IsSid(account.sid)) {
    return Fail(ErrorCode::kUnavailable, "pdbedit printed no SID for a user that it knows");
  }
  return account;
}

std::vector<std::string> NameToSidArguments(const std::string& user) {
  return {"--name-to-sid=" + user};
}

Result<std::optional<std::string>> ReadNameToSid(const ChildOutput& output) {
  if (output.status != 0) {
    for (const char* reason : {"WBC_ERR_WINBIND_NOT_AVAILABLE", "WBC_ERR_DOMAIN_NOT_FOUND",
                               "WBC_ERR_UNKNOWN_USER", "WBC_ERR_NOT_MAPPED"}) {
      if (Contains(output.err, reason)) {
        return std::nullopt;
      }
    }
    return Fail(ToolFailed("wbinfo", output));
  }
  // "S-1-5-21-… SID_USER (1)"
  const auto words = WordsOf(output.out);
  if (words.empty() || !IsSid(words[0])) {
    return Fail(ErrorCode::kUnavailable, "wbinfo printed no SID");
  }
  return std::string(words[0]);
}

std::vector<std::string> SidToIdArguments(const std::string& sid) {
  return {"--sids-to-unix-ids=" + sid};
}

Result<bool> ReadIsIdTypeBoth(const ChildOutput& output) {
  if (output.status != 0) {
    return Fail(ToolFailed("wbinfo", output));
  }
  // "S-1-5-21-… -> uid/gid 10000"
  return Contains(output.out, " -> uid/gid ");
}

}  // namespace twofactor
