#ifndef TWOFACTOR_HELPERD_TWOFACTORD_RPC_TURN_AWAY_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_RPC_TURN_AWAY_H_

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace twofactor {

// The line that says why: an error object of JSON-RPC for no call in particular.
std::string TurnAwayLine(const nlohmann::json& error);

// Tells a peer whose connection is about to be closed why. It neither waits nor counts as output:
// as much is sent as the socket's buffer takes, so it is for sockets on which no other answer is
// under way.
void TurnAway(int socket, std::string_view line);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_RPC_TURN_AWAY_H_
