#include "pam_module/pam_host.h"

#include <fcntl.h>
#include <pwd.h>
#include <security/pam_ext.h>
#include <syslog.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <vector>

#include "common/base/one_line.h"
#include "pam_module/journal.h"
#include "pam_module/line_text.h"
#include "pam_module/own_descriptors.h"

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

// A number in decimal, without memory of the heap's.
class Digits {
 public:
  explicit Digits(std::int64_t number) {
    end_ = std::to_chars(text_.data(), text_.data() + text_.size(), number).ptr;
  }
  std::string_view text() const {
    return {text_.data(), static_cast<std::size_t>(end_ - text_.data())};
  }

 private:
  std::array<char, 20> text_{};
  char* end_;
};

// One record, for whoever takes it.
struct LogDatagrams {
  std::string_view journal;
  std::string_view syslog;
};

bool SendFromAnywhere(const void* argument) {
  const auto& datagrams = *static_cast<const LogDatagrams*>(argument);
  const UniqueFd socket(OpenLogSocket());
  return SendDatagram(socket.get(), datagrams.journal) ||
         SendDatagram(socket.get(), datagrams.syslog, kSyslogSocket);
}

struct WipeAndFree {
  void operator()(char* text) const {
    WipeMemory(text, std::strlen(text));
    std::free(text);
  }
};

}  // namespace

PamHost::PamHost(pam_handle_t* handle, int flags)
    : handle_(handle), flags_(flags), log_socket_(OpenLogSocket()) {}

Result<std::string> PamHost::UserName() {
  const char* name = nullptr;
  if (pam_get_user(handle_, &name, nullptr) != PAM_SUCCESS || name == nullptr) {
    return Fail(ErrorCode::kUnavailable, "ask for the user's name");
  }
  return std::string(name);
}

Result<std::optional<Host::User>> PamHost::LookUp(const std::string& name) {
  // Not pam_modutil_getpwnam: it keeps what it found in the handle, which takes a time that tells
  // whether it found any.
  constexpr std::size_t kMostBytes = 1UL << 20;
  int status = ERANGE;
  for (std::vector<char> buffer(4096); status == ERANGE && buffer.size() <= kMostBytes;
       buffer.resize(2 * buffer.size())) {
    passwd entry{};
    passwd* found = nullptr;
    status = getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
    if (status == 0 && found != nullptr) {
      return User{entry.pw_name, entry.pw_uid};
    }
  }
  // What getpwnam(3) lists for a name that is nobody's.
  if (status == 0 || status == ENOENT || status == ESRCH) {
    return std::nullopt;
  }
  return Fail(Error::FromSystemCall(ErrorCode::kUnavailable, "look the user up", status));
}

bool PamHost::HasMemory() noexcept {
  constexpr std::size_t kBytes = 64UL << 10;
  // Volatile, so that the compiler does not leave it out.
  void* volatile memory = std::malloc(kBytes);
  const bool enough = memory != nullptr;
  std::free(memory);
  return enough;
}

bool PamHost::HasRoom() {
  // The three files of the live store, twice where the daemon makes them anew, a connection to the
  // daemon, and one more.
  std::array<UniqueFd, 8> descriptors;
  for (UniqueFd& descriptor : descriptors) {
    descriptor.Reset(fcntl(log_socket_.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    if (!descriptor.valid()) {
      return false;
    }
  }
  return HasMemory();
}

std::string PamHost::Service() { return std::string(ItemText(PAM_SERVICE)); }

std::string PamHost::RemoteHost() { return std::string(ItemText(PAM_RHOST)); }

std::string PamHost::Terminal() { return std::string(ItemText(PAM_TTY)); }

std::string PamHost::RemoteUser() { return std::string(ItemText(PAM_RUSER)); }

uid_t PamHost::CallerUid() { return getuid(); }

bool PamHost::IsSilent() { return (flags_ & PAM_SILENT) != 0; }

Result<SecretBytes> PamHost::Ask(const std::string& prompt, bool echo) {
  char* response = nullptr;
  const int style = echo ? PAM_PROMPT_ECHO_ON : PAM_PROMPT_ECHO_OFF;
  const int status = pam_prompt(handle_, style, &response, "%s", prompt.c_str());
  if (status != PAM_SUCCESS || response == nullptr) {
    std::free(response);
    return Fail(ErrorCode::kUnavailable, "ask for a code");
  }
  // Whatever is thrown meanwhile.
  const std::unique_ptr<char, WipeAndFree> owner(response);
  return SecretBytes::CopyOf(std::string_view(response));
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
  Write({decision.event, decision.level, decision.user, decision.method, decision.reason,
         decision.message, decision.origin});
}

void PamHost::RecordBroken(std::string_view reason) noexcept {
  LineText message;
  message.Add("second factor refused: ").Add(reason);
  Write(
      {audit_event::kBroken, LogLevel::kError, ItemText(PAM_USER), "", reason, message.text(), ""});
}

void PamHost::Write(const RecordTexts& texts) noexcept {
  const std::string_view service = ItemText(PAM_SERVICE);
  const std::string_view rhost = ItemText(PAM_RHOST);
  // As pam_syslog and syslog(3) would have it, so that what reads these lines goes on doing so.
  // Each part is cut by itself: a long name must not push the host, which is what gets blocked, out
  // of the line.
  LineText line;
  line.Add("pam_twofactor(").Add(service, kLongestNameInLine).Add(":auth): ");
  if (!texts.user.empty()) {
    line.Add("user ").Add(texts.user, kLongestNameInLine).Add(": ");
  }
  line.Add(texts.message, kLongestMessageInLine);
  if (!rhost.empty()) {
    line.Add(", from ").Add(rhost, kLongestNameInLine);
  }
  const int priority = SyslogPriority(texts.level);
  JournalEntry entry;
  entry.Add("MESSAGE", line.text());
  entry.Add("MESSAGE_ID", texts.event.message_id);
  entry.Add("PRIORITY", Digits(priority).text());
  entry.Add("SYSLOG_FACILITY", Digits(LOG_FAC(LOG_AUTHPRIV)).text());
  entry.Add("SYSLOG_IDENTIFIER", program_invocation_short_name);
  entry.Add("SYSLOG_PID", Digits(getpid()).text());
  entry.Add("TWOFACTOR_OUTCOME", texts.event.name);
  entry.Add("TWOFACTOR_METHOD", texts.method);
  entry.Add("TWOFACTOR_REASON", texts.reason);
  entry.Add("TWOFACTOR_USER", texts.user);
  entry.Add("TWOFACTOR_SERVICE", service);
  entry.Add("TWOFACTOR_RHOST", rhost);
  // Who has started a setuid program, for which the journal has _UID=0.
  entry.Add("TWOFACTOR_CALLER_UID", Digits(getuid()).text());
  entry.Add("TWOFACTOR_ORIGIN", texts.origin);
  Send(priority, line, entry);
}

void PamHost::Send(int priority, const LineText& line, const JournalEntry& entry) noexcept {
  if (!log_socket_.valid()) {
    log_socket_.Reset(OpenLogSocket());
  }
  if (SendDatagram(log_socket_.get(), entry.bytes())) {
    return;
  }
  if (!log_socket_.valid()) {
    LineText datagram;
    datagram.Add("<").Add(Digits(LOG_AUTHPRIV | priority).text()).Add(">");
    datagram.Add(program_invocation_short_name, kLongestNameInLine).Add("[");
    datagram.Add(Digits(getpid()).text()).Add("]: ").Add(line.text());
    const LogDatagrams datagrams{entry.bytes(), datagram.text()};
    if (RunWithOwnDescriptors(SendFromAnywhere, &datagrams)) {
      return;
    }
  }
  // What syslog(3) may need.
  log_socket_.Reset();
  const std::string_view text = line.text();
  syslog(LOG_AUTHPRIV | priority, "%.*s", static_cast<int>(text.size()), text.data());
}

void PamHost::WaitUntil(Moment moment) {
  const auto since_boot = moment.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_boot);
  const timespec until{seconds.count(), (since_boot - seconds).count()};
  // CLOCK_MONOTONIC is what steady_clock reads.
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
  }
}

std::string_view PamHost::ItemText(int type) const {
  const void* item = nullptr;
  if (pam_get_item(handle_, type, &item) != PAM_SUCCESS || item == nullptr) {
    return {};
  }
  return static_cast<const char*>(item);
}

}  // namespace twofactor
