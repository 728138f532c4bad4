#include "pam_module/pam_host.h"

#include <pwd.h>
#include <security/pam_ext.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

#include "common/base/one_line.h"
#include "pam_module/journal.h"

namespace twofactor {
namespace {

// Bytes; a host's name has 253 at most (RFC 1035), a user's 256 (LOGIN_NAME_MAX).
constexpr std::size_t kLongestNameInLine = 256;
constexpr std::size_t kLongestMessageInLine = 512;

int SyslogPriority(Host::LogLevel level) {
  switch (level) {
    case Host::LogLevel::kDebug:
      return LOG_DEBUG;
    case Host::LogLevel::kNotice:
      return LOG_NOTICE;
    case Host::LogLevel::kWarning:
      return LOG_WARNING;
    case Host::LogLevel::kError:
      return LOG_ERR;
  }
  return LOG_ERR;
}

}  // namespace

Result<std::string> PamHost::UserName() {
  const char* name = nullptr;
  if (pam_get_user(handle_, &name, nullptr) != PAM_SUCCESS || name == nullptr) {
    return Fail(ErrorCode::kUnavailable, "ask for the user's name");
  }
  return std::string(name);
}

std::optional<Host::User> PamHost::LookUp(const std::string& name) {
  // Not pam_modutil_getpwnam: it keeps what it found in the handle, which takes a time that tells
  // whether it found any.
  constexpr std::size_t kMostBytes = 1UL << 20;
  for (std::vector<char> buffer(4096); buffer.size() <= kMostBytes;
       buffer.resize(2 * buffer.size())) {
    passwd entry{};
    passwd* found = nullptr;
    const int status = getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (status == 0 && found != nullptr) {
      return User{entry.pw_name, entry.pw_uid};
    }
    if (status != ERANGE) {
      break;
    }
  }
  return std::nullopt;
}

std::string PamHost::Service() { return Item(PAM_SERVICE); }

std::string PamHost::RemoteHost() { return Item(PAM_RHOST); }

std::string PamHost::Terminal() { return Item(PAM_TTY); }

bool PamHost::IsSilent() { return (flags_ & PAM_SILENT) != 0; }

Result<SecretBytes> PamHost::Ask(const std::string& prompt, bool echo) {
  char* response = nullptr;
  const int style = echo ? PAM_PROMPT_ECHO_ON : PAM_PROMPT_ECHO_OFF;
  const int status = pam_prompt(handle_, style, &response, "%s", prompt.c_str());
  if (status != PAM_SUCCESS || response == nullptr) {
    std::free(response);
    return Fail(ErrorCode::kUnavailable, "ask for a code");
  }
  SecretBytes typed = SecretBytes::CopyOf(std::string_view(response));
  WipeMemory(response, std::strlen(response));
  std::free(response);
  return typed;
}

std::optional<SecretBytes> PamHost::EarlierPassword() {
  const void* password = nullptr;
  if (pam_get_item(handle_, PAM_AUTHTOK, &password) != PAM_SUCCESS || password == nullptr) {
    return std::nullopt;
  }
  return SecretBytes::CopyOf(std::string_view(static_cast<const char*>(password)));
}

bool PamHost::LeavePassword(const SecretBytes& password) {
  std::string text(password.text());
  const bool left = pam_set_item(handle_, PAM_AUTHTOK, text.c_str()) == PAM_SUCCESS;
  WipeMemory(text.data(), text.size());
  return left;
}

void PamHost::Tell(const std::string& message) {
  if (!IsSilent()) {
    pam_error(handle_, "%s", message.c_str());
  }
}

bool PamHost::Show(const std::string& text) {
  return IsSilent() || pam_info(handle_, "%s", text.c_str()) == PAM_SUCCESS;
}

void PamHost::Log(LogLevel level, const std::string& message) {
  const std::string rhost = RemoteHost();
  pam_syslog(handle_, SyslogPriority(level), "%s%s%s", OneLine(message).c_str(),
             rhost.empty() ? "" : ", from ", OneLine(rhost).c_str());
}

void PamHost::Record(const Decision& decision) {
  const std::string service = Service();
  const std::string rhost = RemoteHost();
  // Each part is cut by itself: a long name must not push the host, which is what gets blocked, out
  // of the line.
  const std::string line =
      (decision.user.empty() ? "" : "user " + decision.user.substr(0, kLongestNameInLine) + ": ") +
      decision.message.substr(0, kLongestMessageInLine);
  JournalEntry entry;
  // As pam_syslog and syslog(3) would have it, so that what reads these lines goes on doing so.
  entry.Add("MESSAGE", "pam_twofactor(" + service.substr(0, kLongestNameInLine) +
                           ":auth): " + line +
                           (rhost.empty() ? "" : ", from " + rhost.substr(0, kLongestNameInLine)));
  entry.Add("MESSAGE_ID", decision.event.message_id);
  entry.Add("PRIORITY", std::to_string(SyslogPriority(decision.level)));
  entry.Add("SYSLOG_FACILITY", std::to_string(LOG_FAC(LOG_AUTHPRIV)));
  entry.Add("SYSLOG_IDENTIFIER", program_invocation_short_name);
  entry.Add("SYSLOG_PID", std::to_string(getpid()));
  entry.Add("TWOFACTOR_OUTCOME", decision.event.name);
  entry.Add("TWOFACTOR_USER", decision.user);
  entry.Add("TWOFACTOR_SERVICE", service);
  entry.Add("TWOFACTOR_RHOST", rhost);
  entry.Add("TWOFACTOR_METHOD", decision.method);
  entry.Add("TWOFACTOR_REASON", decision.reason);
  if (!SendToJournal(entry)) {
    Log(decision.level, line);
  }
}

void PamHost::WaitUntil(Moment moment) {
  const auto since_boot = moment.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_boot);
  const timespec until{seconds.count(), (since_boot - seconds).count()};
  // CLOCK_MONOTONIC is what steady_clock reads.
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
  }
}

std::string PamHost::Item(int type) {
  const void* item = nullptr;
  if (pam_get_item(handle_, type, &item) != PAM_SUCCESS || item == nullptr) {
    return {};
  }
  return static_cast<const char*>(item);
}

}  // namespace twofactor
