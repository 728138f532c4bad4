#ifndef TWOFACTOR_HELPERD_TWOFACTORD_DAEMON_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_DAEMON_H_

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <string>

#include "common/base/clock.h"
#include "common/base/unique_fd.h"
#include "helperd/twofactord/accounts_client/accounts_client.h"
#include "helperd/twofactord/api/api.h"
#include "helperd/twofactord/api/audit.h"
#include "helperd/twofactord/backup/work_thread.h"
#include "helperd/twofactord/config/config.h"
#include "helperd/twofactord/factor/factor_store.h"
#include "helperd/twofactord/rpc/server.h"
#include "helperd/twofactord/rpc/subordinate_uids.h"
#include "helperd/twofactord/stores.h"
#include "helperd/twofactord/vault/vault_writer.h"

namespace twofactor {

// The running daemon: the event loop and what hangs on it. Everything but the vault's commits and
// backups runs on the thread that calls Run.
class Daemon {
 public:
  struct Settings {
    Config config;
    std::string config_file;
    std::string key_source;
    bool audit_to_stderr;
    bool is_restarted;  // Another daemon is started when this one ends.
  };

  Daemon(Settings settings, OpenedStores stores, UniqueFd api_socket, const Clock& clock);

  // Tells systemd that it is ready, and serves until SIGTERM or SIGINT; calls under way are then
  // finished.
  void Run();

 private:
  void AwaitSignal();
  void OnSignal(int signal);
  void Reload();
  void NotePeriodically();
  void LookForWritableVault();
  void FollowClock();
  void FeedWatchdog(std::chrono::microseconds period);
  void Stop();
  using Moment = std::chrono::steady_clock::time_point;
  // Stops when no call is under way, and nobody is about to call or `silence_over` has come; at
  // `give_up` in any case.
  void StopWhenIdle(Moment silence_over, Moment give_up);
  void TellStatus(const char* state);

  boost::asio::io_context io_;
  std::string config_file_;
  const bool is_restarted_;
  bool looks_for_writable_vault_;
  VaultWriter writer_;
  WorkThread work_;
  FactorStore store_;
  SubordinateUids subordinate_uids_;
  AccountsClient accounts_;
  JournalAuditor auditor_;
  Services services_;
  Api api_;
  Server server_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer note_timer_;
  boost::asio::steady_timer clock_timer_;
  boost::asio::steady_timer watchdog_timer_;
  boost::asio::steady_timer stop_timer_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_DAEMON_H_
