#include "helperd/twofactord/accounts_client/fair_turns.h"

#include <tuple>
#include <utility>

namespace twofactor {
namespace {

constexpr uid_t kRoot = 0;
// A user may get another worker while they have less than this part of those that are free.
constexpr int kPartOfTheFree = 4;

}  // namespace

void FairTurns::Take(uid_t user, Start start) {
  lines_[user].waiting.push_back({++last_number_, std::move(start)});
  StartThoseWhoMay();
}

void FairTurns::Drop() {
  for (auto& [user, line] : lines_) {
    line.waiting.clear();
  }
}

bool FairTurns::HasRoom(uid_t user, const Line& line) const {
  if (user == kRoot) {
    return line.running < for_root_;
  }
  const int free = for_users_ - running_;
  return line.running == 0 ? free > 0 : kPartOfTheFree * line.running < free - for_users_ / 2;
}

// A request that is started may end at once, which returns here: then the outer call continues.
void FairTurns::StartThoseWhoMay() {
  if (std::exchange(starting_, true)) {
    return;
  }
  for (auto next = NextLine(); next != lines_.end(); next = NextLine()) {
    Run(next);
  }
  starting_ = false;
}

FairTurns::Lines::iterator FairTurns::NextLine() {
  const auto rank = [](const Line& line) {
    return std::tuple(line.running, line.last_turn, line.waiting.front().number);
  };
  auto next = lines_.end();
  for (auto line = lines_.begin(); line != lines_.end(); ++line) {
    const bool may = !line->second.waiting.empty() && HasRoom(line->first, line->second);
    if (may && (next == lines_.end() || rank(line->second) < rank(next->second))) {
      next = line;
    }
  }
  return next;
}

void FairTurns::Run(Lines::iterator line) {
  const Start start = std::move(line->second.waiting.front().start);
  line->second.waiting.pop_front();
  ++line->second.running;
  line->second.last_turn = ++last_number_;
  running_ += line->first == kRoot ? 0 : 1;
  start(Turn(nullptr,
             [self = shared_from_this(), user = line->first](std::nullptr_t) { self->End(user); }));
}

void FairTurns::End(uid_t user) {
  const auto line = lines_.find(user);
  running_ -= user == kRoot ? 0 : 1;
  if (--line->second.running == 0 && line->second.waiting.empty()) {
    lines_.erase(line);
  }
  StartThoseWhoMay();
}

}  // namespace twofactor
