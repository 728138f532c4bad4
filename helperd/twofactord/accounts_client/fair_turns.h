#ifndef TWOFACTOR_HELPERD_TWOFACTORD_ACCOUNTS_CLIENT_FAIR_TURNS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_ACCOUNTS_CLIENT_FAIR_TURNS_H_

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>

namespace twofactor {

// Divides the workers of twofactor-accounts among the users, so that nobody's slow requests delay
// another's. Root has separate workers. Half of the other workers are for users who have none yet;
// of the rest, each user may have as many as a quarter of those that are free. So a user alone gets
// a tenth of all, and however many workers are blocked by users with slow names, one is free for
// the next user, until there are more than half as many such users as workers. Requests beyond that
// wait. Of those, the user with the fewest workers comes first, and of several the one whose last
// turn was longest ago. Not thread-safe.
class FairTurns : public std::enable_shared_from_this<FairTurns> {
 public:
  // A turn, which lasts as long as this is kept.
  using Turn = std::shared_ptr<void>;
  using Start = std::function<void(Turn)>;

  FairTurns(int for_users, int for_root) : for_users_(for_users), for_root_(for_root) {}

  // Calls `start` when it is this request's turn: now, or when another ends.
  void Take(uid_t user, Start start);
  // Drops the waiting requests.
  void Drop();

  // Returns the number of requests in progress of all users except root.
  int running() const { return running_; }

 private:
  struct Waiting {
    std::uint64_t number;
    Start start;
  };
  struct Line {
    int running = 0;
    std::uint64_t last_turn = 0;  // 0: none yet.
    std::deque<Waiting> waiting;
  };
  using Lines = std::map<uid_t, Line>;

  bool HasRoom(uid_t user, const Line& line) const;
  void StartThoseWhoMay();
  Lines::iterator NextLine();
  void Run(Lines::iterator line);
  void End(uid_t user);

  const int for_users_;
  const int for_root_;
  int running_ = 0;
  std::uint64_t last_number_ = 0;
  bool starting_ = false;
  Lines lines_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_ACCOUNTS_CLIENT_FAIR_TURNS_H_
