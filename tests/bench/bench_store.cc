#include "tests/bench/bench_store.h"

#include <sys/stat.h>

#include <stdexcept>
#include <utility>
#include <vector>

#include "common/livestore/reader.h"
#include "tests/bench/bench_users.h"
#include "tests/support/store_fixture.h"

namespace twofactor::bench {
namespace {

PublishedDevice DeviceOf(std::uint64_t user, const std::string& name, uid_t uid,
                         std::uint32_t generation) {
  const Secret secret = SecretOf(user);
  return {.username = Username::Parse(name).value(),
          .uid = uid,
          .device = 0,
          .slot = user,
          .generation = generation,
          .parameters = {},
          .created = WallTime{},
          .secret = SecretBytes::CopyOf(secret)};
}

// The birth of a store whose users have never used a code.
class LongAgo final : public BirthRule {
 public:
  WallTime Birth() const override { return WallTime{}; }
  TimeStep FirstStep(WallTime, std::chrono::seconds) const override { return 0; }
};

}  // namespace

BenchStore BenchStore::Make(const std::string& directory, std::uint64_t users) {
  mkdir(directory.c_str(), 0755);
  std::vector<PublishedDevice> devices;
  devices.reserve(users);
  for (std::uint64_t user = 0; user < users; ++user) {
    devices.push_back(DeviceOf(user, NameOf(user), UidOf(user), 1));
  }
  auto publisher =
      LiveStorePublisher::Open(RunPaths(directory), LoginSettings{}, devices, 1, LongAgo{});
  if (!publisher) {
    throw std::runtime_error(publisher.error().message());
  }
  return {directory, users, std::move(*publisher)};
}

void BenchStore::Renew(std::uint64_t user) { Renew(user, NameOf(user), UidOf(user)); }

void BenchStore::Renew(std::uint64_t user, const std::string& name, uid_t uid) {
  if (const auto done = publisher_.Publish(DeviceOf(user, name, uid, ++generation_)); !done) {
    throw std::runtime_error(done.error().message());
  }
}

void LockOut(const std::string& directory, const std::string& name) {
  auto store = LiveStoreReader::Open(RunPaths(directory)).value();
  const auto devices = store.FindDevices(Username::Parse(name).value()).value();
  const auto boot = SystemClock().Boot().time_since_epoch().count();
  constexpr std::uint16_t kManyTries = 50;
  Ledger& ledger = store.ledger();
  const std::uint64_t slot = devices.front().slot;
  if (!ledger.SwapFailures(slot, ledger.ReadFailures(slot),
                           {kManyTries, static_cast<std::uint64_t>(boot)})) {
    throw std::runtime_error("somebody else logs in as " + name);
  }
}

}  // namespace twofactor::bench
