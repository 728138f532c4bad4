// The parts of a login and of a renewal, and what the machine can do at best (Google Benchmark).
#include <benchmark/benchmark.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <liboath/oath.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <map>

#include "common/livestore/verifier.h"
#include "common/otp/totp.h"
#include "helperd/twofactord/vault/vault.h"
#include "tests/bench/bench_store.h"
#include "tests/bench/bench_users.h"
#include "tests/support/temp_directory.h"

namespace twofactor::bench {
namespace {

void OneHmac(benchmark::State& state) {
  const Secret secret = SecretOf(0);
  const void* bytes = secret.data();
  std::array<char, 8> code{};
  std::uint64_t counter = 0;
  for (auto _ : state) {
    oath_hotp_generate(static_cast<const char*>(bytes), secret.size(), ++counter, 6, false,
                       OATH_HOTP_DYNAMIC_TRUNCATION, code.data());
    benchmark::DoNotOptimize(code);
  }
}
BENCHMARK(OneHmac);

void MatchInWindowOfOne(benchmark::State& state) {
  const SecretBytes secret = SecretBytes::CopyOf(SecretOf(0));
  const SecretBytes code = SecretBytes::CopyOf("123456");
  TimeStep step = 1000;
  for (auto _ : state) {
    benchmark::DoNotOptimize(MatchTotp(secret, OtpParameters{}, ++step, 1, code));
  }
}
BENCHMARK(MatchInWindowOfOne);

void OneFdatasync(benchmark::State& state) {
  const TempDirectory folder;
  const int file = open((folder / "file").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  std::array<char, 4096> page{};
  for (auto _ : state) {
    ++page[0];
    benchmark::DoNotOptimize(pwrite(file, page.data(), page.size(), 0));
    fdatasync(file);
  }
  close(file);
}
BENCHMARK(OneFdatasync)->UseRealTime();

void LoadModule(benchmark::State& state, const char* path) {
  for (auto _ : state) {
    void* module = dlopen(path, RTLD_NOW);
    if (module == nullptr) {
      state.SkipWithError(dlerror());
      return;
    }
    dlclose(module);
  }
}
BENCHMARK_CAPTURE(LoadModule, pam_permit, "/usr/lib/x86_64-linux-gnu/security/pam_permit.so");
BENCHMARK_CAPTURE(LoadModule, pam_twofactor, std::getenv("TWOFACTOR_MODULE"));

// Where /run would be.
std::string MemoryFolder() { return std::string(std::getenv("TWOFACTOR_MEMORY")) + "/parts"; }

// The directory of a store that is made once; whoever gave the memory's folder removes it.
const std::string& StoreOf(std::uint64_t users) {
  static std::map<std::uint64_t, BenchStore> stores;
  if (const auto made = stores.find(users); made != stores.end()) {
    return made->second.directory();
  }
  auto store = BenchStore::Make(MemoryFolder() + std::to_string(users), users);
  return stores.emplace(users, std::move(store)).first->second.directory();
}

void OpenStoreAndFindUser(benchmark::State& state) {
  const auto store = BenchStore::Make(MemoryFolder(), 1000);
  const RunPaths paths(store.directory());
  const Username name = Username::Parse(NameOf(7)).value();
  for (auto _ : state) {
    auto reader = LiveStoreReader::Open(paths);
    benchmark::DoNotOptimize(reader->FindDevices(name));
  }
}
BENCHMARK(OpenStoreAndFindUser);

// A whole verification of a wrong code, of one user again and again or of many at random.
void VerifyWrongCode(benchmark::State& state) {
  const auto users = static_cast<std::uint64_t>(state.range(0));
  const RunPaths paths(StoreOf(users));
  const std::uint64_t stride = state.range(1) != 0 ? 7919 : 0;
  std::uint64_t next = 0;
  for (auto _ : state) {
    const std::uint64_t user = next % users;
    next += stride;
    auto reader = LiveStoreReader::Open(paths);
    const Account account{Username::Parse(NameOf(user)).value(), UidOf(user)};
    benchmark::DoNotOptimize(
        VerifyCode(*reader, account, TypedCode(SecretBytes::CopyOf("123456")), SystemClock()));
  }
}
BENCHMARK(VerifyWrongCode)
    ->ArgNames({"users", "many"})
    ->Args({1, 0})
    ->Args({1'000'000, 0})
    ->Args({1'000'000, 1});

void PublishRenewal(benchmark::State& state) {
  auto store = BenchStore::Make(MemoryFolder(), 1000);
  std::uint64_t user = 0;
  for (auto _ : state) {
    store.Renew(++user % store.users());
  }
}
BENCHMARK(PublishRenewal);

// The vault's part of a renewal: the daemon's statements and one commit.
void CommitRenewal(benchmark::State& state) {
  const TempDirectory folder;
  auto vault = Vault::Open(folder / "vault.sqlite", VaultKey::Generate().value()).value();
  std::uint64_t user = 0;
  const auto put = [&vault](std::uint64_t number) {
    const Username name = Username::Parse(NameOf(number)).value();
    return vault.Begin() && vault.BeginPart() && vault.ReadDevices(name, UidOf(number)) &&
           vault.NoteSeen(WallTime{}) &&
           vault.PutSecret({.username = name,
                            .uid = UidOf(number),
                            .parameters = {},
                            .created = WallTime{},
                            .secret = SecretBytes::CopyOf(SecretOf(number)),
                            .label = ""}) &&
           vault.KeepPart() && vault.Commit();
  };
  constexpr std::uint64_t kUsers = 64;
  for (auto _ : state) {
    if (!put(++user % kUsers)) {
      state.SkipWithError("the vault refuses");
      return;
    }
  }
}
BENCHMARK(CommitRenewal)->UseRealTime();

}  // namespace
}  // namespace twofactor::bench

BENCHMARK_MAIN();
