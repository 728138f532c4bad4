// Puts synthetic users into a daemon's vault while it does not run: for numbers of users whose
// import would take minutes.
//
//   bench_fill_vault STATE_DIR KEY_FILE FIRST COUNT
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/base/paths.h"
#include "helperd/twofactord/vault/vault.h"
#include "tests/bench/bench_users.h"

namespace twofactor::bench {
namespace {

template <typename T>
T OrThrow(Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().message());
  }
  if constexpr (!std::is_void_v<T>) {
    return std::move(*result);
  }
}

void Fill(const std::vector<std::string>& words) {
  if (words.size() != 4) {
    throw std::runtime_error("STATE_DIR KEY_FILE FIRST COUNT");
  }
  auto key = OrThrow(ReadKey(FindKeySource("", words[1])));
  auto vault = OrThrow(Vault::Open(StatePaths(words[0]).Vault(), std::move(key)));
  const std::uint64_t first = std::stoull(words[2]);
  const std::uint64_t end = first + std::stoull(words[3]);
  const WallTime now = SystemClock().Wall();
  OrThrow(vault.Begin());
  for (std::uint64_t user = first; user < end; ++user) {
    const Secret secret = SecretOf(user);
    OrThrow(vault.PutSecret({.username = Username::Parse(NameOf(user)).value(),
                             .uid = UidOf(user),
                             .parameters = {},
                             .created = now,
                             .secret = SecretBytes::CopyOf(secret),
                             .label = ""}));
  }
  OrThrow(vault.Commit());
}

}  // namespace
}  // namespace twofactor::bench

int main(int argc, char** argv) {
  try {
    twofactor::bench::Fill(std::vector<std::string>(argv + 1, argv + argc));
  } catch (const std::exception& error) {
    std::cerr << "bench_fill_vault: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
