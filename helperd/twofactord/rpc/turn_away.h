#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_TURN_AWAY_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_TURN_AWAY_H_

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace twofactor {

// Returns the line with the reason: a JSON-RPC error object without a call.
std::string TurnAwayLine(const nlohmann::json& error);

// Tells a peer why its connection is about to be closed. It neither waits nor counts as output: it
// sends as much as fits the socket's buffer, so use it only on sockets with no other answer in
// progress.
void TurnAway(int socket, std::string_view line);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_TURN_AWAY_H_
