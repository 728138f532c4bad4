#ifndef TWOFACTOR_HELPERD_TWOFACTORD_ACCOUNTS_CLIENT_TURNS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_ACCOUNTS_CLIENT_TURNS_H_

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

namespace twofactor {

// Limits the concurrent requests about one user; more wait for their turn, while requests about
// others do not. So a user whose home directory hangs blocks a few workers of twofactor-accounts,
// and not all. Not thread-safe.
class Turns : public std::enable_shared_from_this<Turns> {
 public:
  // A turn, which lasts as long as this is kept.
  using Turn = std::shared_ptr<void>;
  using Start = std::function<void(Turn)>;

  explicit Turns(int at_once) : at_once_(at_once) {}

  // Calls `start` when it is this request's turn: now, or when another ends.
  void Take(const std::string& user, Start start);
  // Drops the waiting requests.
  void Drop();

 private:
  struct Line {
    int running = 0;
    std::deque<Start> waiting;
  };

  void Run(const std::string& user, const Start& start);
  void End(const std::string& user);

  const int at_once_;
  std::map<std::string, Line> lines_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_ACCOUNTS_CLIENT_TURNS_H_
