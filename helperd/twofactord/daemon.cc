#include "helperd/twofactord/daemon.h"

#include <systemd/sd-daemon.h>

#include <boost/asio/post.hpp>
#include <csignal>
#include <ctime>
#include <utility>

#include "helperd/twofactord/log.h"

namespace twofactor {
namespace {

using boost::system::error_code;

// How long a stop waits for calls under way.
constexpr std::chrono::seconds kStopTime{5};
constexpr std::chrono::milliseconds kStopLook{20};
// And for those that were taken in just now, and are about to call.
constexpr std::chrono::seconds kStopSilence{1};

// The users of this machine itself (passwd(5)).
constexpr std::string_view kPasswdFile = "/etc/passwd";

FactorPolicy PolicyFrom(const Config& config) {
  return {.throttle = config.throttle,
          .hotp_look_ahead = config.hotp.look_ahead,
          .learn_skew = config.skew.learn,
          .skew_bound = config.skew.bound};
}

std::int64_t MonotonicMicroseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000000 + now.tv_nsec / 1000;
}

}  // namespace

Daemon::Daemon(Settings settings, OpenedStores stores, UniqueFd api_socket, const Clock& clock)
    : config_file_(std::move(settings.config_file)),
      is_restarted_(settings.is_restarted),
      looks_for_writable_vault_(!stores.vault.read_only_because().empty()),
      writer_(std::move(stores.vault),
              [this](std::function<void()> task) { boost::asio::post(io_, std::move(task)); }),
      work_([this](std::function<void()> task) { boost::asio::post(io_, std::move(task)); }),
      store_(RunPaths(settings.config.paths.run_directory), clock, std::move(stores.live), writer_,
             stores.settings, PolicyFrom(settings.config), std::move(stores.bypasses.bypasses),
             std::move(stores.past)),
      subordinate_uids_(std::string(kSubordinateUidsFile), std::string(kPasswdFile)),
      accounts_(io_, RunPaths(settings.config.paths.run_directory).AccountsSocket(),
                &subordinate_uids_),
      auditor_(settings.audit_to_stderr),
      services_{store_,
                accounts_,
                clock,
                settings.config,
                RateLimit<uid_t>(settings.config.renewal.per_minute),
                settings.key_source,
                work_},
      api_(services_, auditor_),
      server_(
          io_, std::move(api_socket), api_, Limits{},
          [this](uid_t uid, PeerUsage::Moment now) { return subordinate_uids_.OwnerOf(uid, now); }),
      signals_(io_, SIGTERM, SIGINT, SIGHUP),
      note_timer_(io_),
      clock_timer_(io_),
      watchdog_timer_(io_),
      stop_timer_(io_) {
  for (const EndedBypass& ended : stores.bypasses.ended) {
    auditor_.RecordBypassEnd(ended.username, NameOf(ended.end));
  }
  for (const MergedSecret& merged : stores.merged) {
    auditor_.RecordMergedDevice(merged.username.text(), merged.removed, merged.kept);
  }
  store_.OnBypassEnd([this](const StoredBypass& bypass, BypassEnd end) {
    auditor_.RecordBypassEnd(bypass.username.text(), NameOf(end));
  });
}

void Daemon::Run() {
  server_.Start();
  AwaitSignal();
  NotePeriodically();
  FollowClock();
  std::uint64_t watchdog = 0;
  if (sd_watchdog_enabled(0, &watchdog) > 0) {
    FeedWatchdog(std::chrono::microseconds(watchdog) / 2);
  }
  TellStatus("READY=1");
  io_.run();
}

void Daemon::TellStatus(const char* state) {
  const std::string error = LastError();
  sd_notifyf(0, "%s\nSTATUS=%llu users enrolled, live store %s, %s%s%s", state,
             static_cast<unsigned long long>(store_.users()),
             store_.kept_ledger() ? "kept" : "new since this start",
             store_.unwritable_because().empty() ? "" : "changes are refused, ",
             error.empty() ? "no error since this start" : "last error: ", error.c_str());
}

void Daemon::AwaitSignal() {
  signals_.async_wait([this](error_code error, int signal) {
    if (error) {
      return;
    }
    OnSignal(signal);
    AwaitSignal();
  });
}

void Daemon::OnSignal(int signal) {
  if (signal == SIGHUP) {
    Reload();
  } else {
    Stop();
  }
}

void Daemon::Reload() {
  sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
             static_cast<long long>(MonotonicMicroseconds()));
  auto config = LoadConfig(config_file_);
  if (config) {
    // The stores stay where they are: a new place for them needs a restart.
    config->paths = services_.config.paths;
    services_.config = std::move(*config);
    services_.renewals = RateLimit<uid_t>(services_.config.renewal.per_minute);
    store_.SetPolicy(PolicyFrom(services_.config));
    LogInfo("the configuration was read again");
  } else {
    LogError(config.error().message() + "; the last configuration stays in force");
  }
  TellStatus("READY=1");
}

void Daemon::NotePeriodically() {
  store_.NoteTime();
  store_.EndBypassesThatAreOver();
  LookForWritableVault();
  TellStatus("");
  note_timer_.expires_after(kNotePeriod);
  note_timer_.async_wait([this](error_code error) {
    if (!error) {
      NotePeriodically();
    }
  });
}

// A start is what opens a vault, and what publishes it: nobody knows what the disk holds now.
void Daemon::LookForWritableVault() {
  if (!looks_for_writable_vault_) {
    return;
  }
  looks_for_writable_vault_ = false;
  store_.LookForWritableVault([this](bool writable) {
    if (!writable) {
      looks_for_writable_vault_ = true;
    } else if (is_restarted_) {
      LogWarning("the vault can be written again: restarting");
      Stop();
    } else {
      LogWarning("the vault can be written again: restart twofactord");
    }
  });
}

void Daemon::FollowClock() {
  if (const auto step = store_.FollowClock()) {
    const std::string by = std::to_string(std::chrono::abs(*step).count()) + " seconds";
    LogWarning("the clock was set " + (step->count() < 0 ? "back by " + by : "ahead by " + by) +
               "; 'twofactorctl doctor' tells whether codes of the present are refused");
  }
  clock_timer_.expires_after(kClockPeriod);
  clock_timer_.async_wait([this](error_code error) {
    if (!error) {
      FollowClock();
    }
  });
}

void Daemon::FeedWatchdog(std::chrono::microseconds period) {
  sd_notify(0, "WATCHDOG=1");
  watchdog_timer_.expires_after(period);
  watchdog_timer_.async_wait([this, period](error_code error) {
    if (!error) {
      FeedWatchdog(period);
    }
  });
}

void Daemon::Stop() {
  sd_notify(0, "STOPPING=1");
  server_.Stop();
  note_timer_.cancel();
  clock_timer_.cancel();
  store_.FollowClock();
  store_.NoteTime();
  const auto now = std::chrono::steady_clock::now();
  StopWhenIdle(now + kStopSilence, now + kStopTime);
}

void Daemon::StopWhenIdle(Moment silence_over, Moment give_up) {
  stop_timer_.expires_after(kStopLook);
  stop_timer_.async_wait([this, silence_over, give_up](error_code) {
    const auto now = std::chrono::steady_clock::now();
    const bool expects_call = server_.silent() > 0 && now < silence_over;
    if ((api_.calls_under_way() == 0 && !expects_call) || now >= give_up) {
      io_.stop();
      return;
    }
    StopWhenIdle(silence_over, give_up);
  });
}

}  // namespace twofactor
