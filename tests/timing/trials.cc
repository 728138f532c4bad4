#include "tests/timing/trials.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <stdexcept>

#include "common/base/clock.h"
#include "common/livestore/reader.h"
#include "common/livestore/tries.h"
#include "common/otp/totp.h"
#include "pam_module/authenticator.h"
#include "tests/bench/bench_users.h"

namespace twofactor::timing {
namespace {

constexpr int kWarmUp = 50;
constexpr uid_t kFirstUid = 2'100'000;
constexpr std::uint16_t kManyTries = 5000;
constexpr int kLearned = 21;  // Steps that skews are learned from, and one.

// Sets how many wrong codes the users of a store have.
class Failures {
 public:
  explicit Failures(const RunPaths& paths) : store_(LiveStoreReader::Open(paths).value()) {
    for (const Case& one : AllCases()) {
      for (unsigned i = 0; one.enrolled && i < kNamesOfACase; ++i) {
        const std::string name = NameOf(one.prefix, one.first + i);
        const auto devices = store_.FindDevices(Username::Parse(name).value()).value();
        if (devices.empty()) {
          throw std::runtime_error(name + " has no device");
        }
        slots_[name] = devices.front().slot;
      }
    }
  }

  void Set(const Case& one, const std::string& name) {
    if (!one.enrolled) {
      WarmStandIn(one, name);
      return;
    }
    const auto boot = SystemClock().Boot().time_since_epoch().count();
    const std::uint64_t slot = slots_.at(name);
    Ledger& ledger = store_.ledger();
    const layout::FailuresWord none{};
    ledger.SwapFailures(
        slot, ledger.ReadFailures(slot),
        one.locked ? layout::FailuresWord{kManyTries, static_cast<std::uint64_t>(boot)} : none);
  }

 private:
  // The words that a try is going to use are in the cache for everybody, or it is this that is
  // seen.
  void WarmStandIn(const Case& one, const std::string& name) {
    const Username username =
        one.prefix == kGhostPrefix ? NobodysAccount().name : Username::Parse(name).value();
    Ledger& ledger = store_.ledger();
    const std::uint64_t slot = StandInSlot(ledger, username);
    if (ledger.Reach(slot)) {
      TouchTry(ledger, slot, {}, SystemClock().Boot());
    }
  }

  LiveStoreReader store_;
  std::map<std::string, std::uint64_t> slots_;
};

// Of a million codes some forty are of a step that skews are learned from. The same work for all.
std::string WrongCode(const std::string& name, std::mt19937_64& random) {
  const auto number = static_cast<unsigned>(UidOf(name) - kFirstUid);
  const SecretBytes secret = SecretBytes::CopyOf(bench::SecretOf(number));
  const OtpParameters usual;
  const TimeStep now = StepAt(SystemClock().Wall(), usual.interval);
  for (;;) {
    std::array<char, 8> text{};
    std::snprintf(text.data(), text.size(), "%06u", static_cast<unsigned>(random() % 1'000'000));
    const SecretBytes code = SecretBytes::CopyOf(std::string_view(text.data()));
    if (!*MatchTotp(secret, usual, now, kLearned, code)) {
      return text.data();
    }
  }
}

}  // namespace

std::string NameOf(std::string_view prefix, unsigned number) {
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "%.*s%05u", static_cast<int>(prefix.size()),
                prefix.data(), number);
  return name.data();
}

uid_t UidOf(std::string_view name) {
  const std::string number(name.substr(kUserPrefix.size()));
  return kFirstUid + static_cast<uid_t>(std::strtoul(number.c_str(), nullptr, 10));
}

std::vector<Case> AllCases() {
  return {{"wrong code", kUserPrefix, 100, true, false},
          {"wrong code, others", kUserPrefix, 200, true, false},
          {"locked", kUserPrefix, 300, true, true},
          {"locked, others", kUserPrefix, 400, true, true},
          {"no secret", kUserPrefix, 500, false, false},
          {"no secret, others", kUserPrefix, 600, false, false},
          {"no such user", kGhostPrefix, 700, false, false},
          {"no such user, others", kGhostPrefix, 800, false, false}};
}

std::map<std::string, CaseSamples> RunTrials(const RunPaths& paths, int count, OwnLog& log,
                                             const Try& attempt) {
  Failures failures(paths);
  const std::vector<Case> cases = AllCases();
  std::vector<const Case*> order;
  for (const Case& one : cases) {
    order.push_back(&one);
  }
  std::mt19937_64 random(20);
  std::map<std::string, CaseSamples> samples;
  for (int round = -kWarmUp; round < count; ++round) {
    std::shuffle(order.begin(), order.end(), random);
    for (const Case* one : order) {
      const std::string name = NameOf(one->prefix, one->first + random() % kNamesOfACase);
      const std::string code = WrongCode(name, random);
      failures.Set(*one, name);
      static_cast<void>(log.TakeLines());
      Seen seen = attempt(name, code);
      for (const std::string& line : log.TakeLines()) {
        seen.logged += "'" + ShapeOf(line, name) + "' ";
      }
      if (round < 0) {
        continue;
      }
      CaseSamples& of_case = samples[one->name];
      ++of_case.behaviours[seen.behaviour];
      ++of_case.logged[seen.logged];
      of_case.before_prompt.push_back(seen.before_prompt);
      of_case.after_answer.push_back(seen.after_answer);
    }
  }
  return samples;
}

}  // namespace twofactor::timing
