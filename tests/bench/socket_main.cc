// Clients of a daemon's socket, and their floor. Prints nanoseconds as JSON.
//
//   bench_socket renew RUN_DIR CLIENTS MILLISECONDS    each client renews a user of its own
//   bench_socket replace RUN_DIR CLIENTS MILLISECONDS  the same by user.import_2fa_devices, which
//                                                      asks nothing about the user
//   bench_socket commits FILE MILLISECONDS             bare durable commits of SQLite
//   bench_socket import RUN_DIR FIRST COUNT            synthetic users, many a call
#include <atomic>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "common/wire/api_client.h"
#include "tests/bench/bare_commits.h"
#include "tests/bench/bench_users.h"
#include "tests/bench/pam_login.h"

namespace twofactor::bench {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::chrono::seconds kPatience{120};
constexpr std::uint64_t kUsersACall = 250;

ApiClient Connect(const std::string& run_directory) {
  auto client = ApiClient::Connect(RunPaths(run_directory), kPatience);
  if (!client) {
    throw std::runtime_error(client.error().message());
  }
  return std::move(*client);
}

json CallOrThrow(ApiClient& client, const char* method, const json& params) {
  auto answer = client.Call(method, params);
  if (!answer) {
    throw std::runtime_error(std::string(method) + ": " + answer.error().message());
  }
  return std::move(*answer);
}

json EntryOf(std::uint64_t user) {
  const json device = {{"type", "TOTP"}, {"secret", Base32Of(SecretOf(user))}};
  return {{"username", NameOf(user)}, {"uid", UidOf(user)}, {"devices", json::array({device})}};
}

// A call that is made durable.
struct Change {
  const char* method;
  json params;
};

Change RenewalOf(std::uint64_t user) {
  return {"user.renew_2fa_secret", json::array({NameOf(user), json::object()})};
}

Change ReplacementOf(std::uint64_t user) {
  const json entries = json::array({EntryOf(user)});
  return {"user.import_2fa_devices", json::array({entries, {{"replace", true}}})};
}

std::vector<std::int64_t> ChangeUntil(const std::string& run_directory, const Change& change,
                                      std::int64_t end) {
  ApiClient client = Connect(run_directory);
  std::vector<std::int64_t> times;
  for (std::int64_t start = NowNanoseconds(); start < end;) {
    const auto answer = client.Call(change.method, change.params);
    // A machine that is too slow for an answer in time has made no change, and that is all.
    if (!answer && answer.error().code() != ErrorCode::kTimedOut) {
      throw std::runtime_error(std::string(change.method) + ": " + answer.error().message());
    }
    const std::int64_t now = NowNanoseconds();
    if (answer) {
      times.push_back(now - start);
    }
    start = now;
  }
  return times;
}

json ChangeMany(const std::string& run_directory, Change (*change_of)(std::uint64_t), int clients,
                milliseconds time) {
  const std::int64_t start = NowNanoseconds();
  const std::int64_t end = start + std::chrono::nanoseconds(time).count();
  std::vector<std::vector<std::int64_t>> times(static_cast<std::size_t>(clients));
  std::vector<std::thread> threads;
  std::atomic<bool> failed{false};
  for (std::size_t i = 0; i < times.size(); ++i) {
    threads.emplace_back([&, i] {
      try {
        times[i] = ChangeUntil(run_directory, change_of(i), end);
      } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        failed = true;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  if (failed) {
    throw std::runtime_error("a renewal failed");
  }
  const auto seconds = static_cast<double>(NowNanoseconds() - start) / 1e9;
  std::vector<std::int64_t> all;
  for (const auto& one : times) {
    all.insert(all.end(), one.begin(), one.end());
  }
  return {{"nanoseconds", all}, {"per_second", static_cast<double>(all.size()) / seconds}};
}

json Import(const std::string& run_directory, std::uint64_t first, std::uint64_t count) {
  ApiClient client = Connect(run_directory);
  const std::int64_t start = NowNanoseconds();
  for (std::uint64_t done = 0; done < count;) {
    json entries = json::array();
    for (; entries.size() < kUsersACall && done < count; ++done) {
      entries.push_back(EntryOf(first + done));
    }
    const json answers = CallOrThrow(client, "user.import_2fa_devices", json::array({entries}));
    for (const json& entry : answers) {
      if (entry["outcome"] != "imported") {
        throw std::runtime_error("not imported: " + entry.dump());
      }
    }
  }
  const auto seconds = static_cast<double>(NowNanoseconds() - start) / 1e9;
  return {{"users", count}, {"seconds", seconds}};
}

json Run(const std::vector<std::string>& words) {
  if (words.size() == 4 && (words[0] == "renew" || words[0] == "replace")) {
    return ChangeMany(words[1], words[0] == "renew" ? RenewalOf : ReplacementOf,
                      std::stoi(words[2]), milliseconds(std::stoi(words[3])));
  }
  if (words.size() == 3 && words[0] == "commits") {
    return {{"nanoseconds", CommitFor(words[1], milliseconds(std::stoi(words[2])))}};
  }
  if (words.size() == 4 && words[0] == "import") {
    return Import(words[1], std::stoull(words[2]), std::stoull(words[3]));
  }
  throw std::runtime_error(
      "renew|replace RUN_DIR CLIENTS MS | commits FILE MS | import RUN_DIR FIRST N");
}

}  // namespace
}  // namespace twofactor::bench

int main(int argc, char** argv) {
  try {
    std::cout << twofactor::bench::Run(std::vector<std::string>(argv + 1, argv + argc)) << '\n';
  } catch (const std::exception& error) {
    std::cerr << "bench_socket: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
