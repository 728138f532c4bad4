#include "tests/bench/login_rounds.h"

#include <unistd.h>

#include <algorithm>
#include <map>
#include <random>
#include <stdexcept>

#include "tests/bench/login_worker.h"

namespace twofactor::bench {
namespace {

// The first rounds fill caches, and are not counted.
constexpr int kWarmUp = 5;

std::int64_t Measure(const Ground& ground, const Contender& contender, const Rounds& rounds,
                     std::map<uid_t, LoginWorker>& hosts) {
  if (contender.floor) {
    return contender.floor();
  }
  const Attempt attempt = contender.prepare();
  const LoginResult result =
      contender.host ? hosts.at(*contender.host).LogIn(contender.service, attempt)
      : rounds.fresh_program.empty()
          ? LogIn(ground.Confdir(), contender.service, attempt)
          : LogInFresh(rounds.fresh_program, ground.Confdir(), contender.service, attempt);
  if (result.code != contender.expected) {
    throw std::runtime_error(contender.name + ": a login of " + attempt.user + " ended with " +
                             std::to_string(result.code) + " and not with " +
                             std::to_string(contender.expected));
  }
  return result.nanoseconds;
}

}  // namespace

Samples RunRounds(const Ground& ground, const std::vector<Contender>& contenders,
                  const Rounds& rounds) {
  std::map<uid_t, LoginWorker> hosts;
  for (const Contender& contender : contenders) {
    if (contender.host) {
      hosts.try_emplace(*contender.host, ground.Confdir(), *contender.host);
    }
  }
  std::mt19937_64 random(1);
  std::vector<const Contender*> order;
  for (const Contender& contender : contenders) {
    order.push_back(&contender);
  }
  Samples samples;
  for (int round = -kWarmUp; round < rounds.count; ++round) {
    std::shuffle(order.begin(), order.end(), random);
    for (const Contender* contender : order) {
      if (round % contender->every != 0) {
        continue;
      }
      const std::int64_t time = Measure(ground, *contender, rounds, hosts);
      if (round >= 0) {
        samples[contender->name].push_back(time);
      }
    }
    if (rounds.pause_milliseconds > 0) {
      usleep(static_cast<useconds_t>(rounds.pause_milliseconds) * 1000);
    }
  }
  return samples;
}

}  // namespace twofactor::bench
