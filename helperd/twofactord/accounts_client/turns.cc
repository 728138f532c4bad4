#include "helperd/twofactord/accounts_client/turns.h"

#include <utility>

namespace twofactor {

void Turns::Take(const std::string& user, Start start) {
  Line& line = lines_[user];
  if (line.running >= at_once_) {
    line.waiting.push_back(std::move(start));
    return;
  }
  ++line.running;
  Run(user, start);
}

void Turns::Drop() {
  for (auto& [user, line] : lines_) {
    line.waiting.clear();
  }
}

void Turns::Run(const std::string& user, const Start& start) {
  start(Turn(nullptr, [self = shared_from_this(), user](std::nullptr_t) { self->End(user); }));
}

void Turns::End(const std::string& user) {
  const auto line = lines_.find(user);
  if (line->second.waiting.empty()) {
    if (--line->second.running == 0) {
      lines_.erase(line);
    }
    return;
  }
  const Start next = std::move(line->second.waiting.front());
  line->second.waiting.pop_front();
  Run(user, next);
}

}  // namespace twofactor
