#include "helperd/twofactord/rpc/turn_away.h"

#include <sys/socket.h>

#include "helperd/twofactord/rpc/json_rpc.h"

namespace twofactor {

std::string TurnAwayLine(const nlohmann::json& error) {
  return ToText(MakeErrorAnswer(nullptr, error)) + "\n";
}

void TurnAway(int socket, std::string_view line) {
  // If the peer cannot be told, it learns it from the close.
  [[maybe_unused]] const ssize_t told =
      send(socket, line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace twofactor
