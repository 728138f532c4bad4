// Can somebody who logs in tell a wrong code, a locked user, one without a secret and one who does
// not exist from each other? Compares what is seen and the time that it takes:
//
//   compare_timing [SAMPLES]        (1000; docs/reliability.md has those of 10000)
//
// Fails where prompts, messages, return codes or the shape of what is logged differ. The time is
// printed as a statistic, and fails nothing: it is the machine's, too. Root only; 77 elsewhere.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/bench/bench_users.h"
#include "tests/pam/daemon_process.h"
#include "tests/support/store_fixture.h"
#include "tests/timing/module_try.h"
#include "tests/timing/rank_statistics.h"
#include "tests/timing/socket_try.h"

namespace twofactor::timing {
namespace {

constexpr int kSkipped = 77;
constexpr int kDefaultSamples = 1000;

using Samples = std::map<std::string, CaseSamples>;

bool BehavesAlike(const Samples& samples) {
  std::set<std::string> behaviours;
  std::set<std::string> logged;
  for (const auto& [name, of_case] : samples) {
    for (const auto& [behaviour, count] : of_case.behaviours) {
      behaviours.insert(behaviour);
      std::printf("    %-20s %6llu x %s\n", name.c_str(), static_cast<unsigned long long>(count),
                  behaviour.c_str());
    }
    for (const auto& [shapes, count] : of_case.logged) {
      logged.insert(shapes);
    }
  }
  for (const std::string& shapes : logged) {
    std::printf("    logged: %s\n", shapes.c_str());
  }
  return behaviours.size() == 1 && logged.size() == 1;
}

constexpr const char* kOthers = ", others";

bool IsOthers(const std::string& name) { return name.find(kOthers) != std::string::npos; }

void PrintPart(const char* part, const Samples& samples,
               std::vector<std::int64_t> CaseSamples::*times) {
  std::printf("    %s, median in us:", part);
  for (const auto& [name, of_case] : samples) {
    std::printf("  %s %.2f", name.c_str(), static_cast<double>(MedianOf(of_case.*times)) / 1000);
  }
  std::printf("\n");
  for (auto first = samples.begin(); first != samples.end(); ++first) {
    for (auto second = std::next(first); second != samples.end(); ++second) {
      const bool others = IsOthers(first->first) || IsOthers(second->first);
      if (others && second->first != first->first + kOthers) {
        continue;
      }
      const Comparison c = Compare(first->second.*times, second->second.*times);
      std::printf("      %-12s / %-20s AUC %.4f +- %.4f (U test p %.2g), KS %.4f (p %.2g)\n",
                  first->first.c_str(), second->first.c_str(), c.auc, c.auc_error, c.p_mann_whitney,
                  c.ks_distance, c.p_ks);
    }
  }
}

bool Report(const char* title, const Samples& samples) {
  std::printf("%s\n", title);
  const bool alike = BehavesAlike(samples);
  PrintPart("from the call to the prompt", samples, &CaseSamples::before_prompt);
  PrintPart("from the answer to the end", samples, &CaseSamples::after_answer);
  std::printf("%s\n\n", alike ? "  behave alike" : "  BEHAVE DIFFERENTLY");
  std::fflush(stdout);
  return alike;
}

std::vector<std::pair<std::string, bench::Secret>> Enrolled() {
  std::vector<std::pair<std::string, bench::Secret>> users;
  for (const Case& one : AllCases()) {
    for (unsigned i = 0; one.enrolled && i < kNamesOfACase; ++i) {
      users.emplace_back(NameOf(one.prefix, one.first + i), bench::SecretOf(one.first + i));
    }
  }
  return users;
}

void ImportEverybody(ApiClient& client) {
  nlohmann::json users = nlohmann::json::array();
  for (const auto& [name, secret] : Enrolled()) {
    users.push_back({{"username", name},
                     {"uid", UidOf(name)},
                     {"devices", nlohmann::json::array({nlohmann::json{
                                     {"type", "TOTP"}, {"secret", bench::Base32Of(secret)}}})}});
  }
  const auto imported = client.Call("user.import_2fa_devices",
                                    nlohmann::json::array({users, nlohmann::json::object()}));
  if (!imported) {
    throw std::runtime_error("import: " + imported.error().message());
  }
}

// A store whose codes nobody else is asked about.
void EnrollEverybody(StoreFixture& store) {
  for (const auto& [name, secret] : Enrolled()) {
    store.Enroll(name, UidOf(name), SecretBytes::CopyOf(secret));
  }
}

std::string WriteStack(const TempDirectory& confdir, const RunPaths& paths) {
  WriteFile(confdir / "other", "# Nothing, or libpam logs that it is not there.\n");
  WriteFile(confdir / "test",
            std::string("auth required ") + MODULE_PATH + " run_dir=" + paths.directory() + "\n");
  return confdir.path();
}

bool CompareAll(int count) {
  OwnLog log;
  const TempDirectory confdir;
  bool alike = true;
  {
    StoreFixture store;
    EnrollEverybody(store);
    alike &= Report("The module alone (the daemon is not asked about wrong codes)",
                    RunTrials(store.paths(), count, log,
                              ModuleTry(WriteStack(confdir, store.paths()), "test")));
  }
  DaemonProcess daemon;
  if (!daemon.Start()) {
    throw std::runtime_error("the daemon does not start");
  }
  auto client = daemon.Connect().value();
  ImportEverybody(client);
  const Try log_in = ModuleTry(WriteStack(confdir, daemon.paths()), "test");
  alike &= Report("The module and the daemon, which learns clock skews",
                  RunTrials(daemon.paths(), count, log, log_in));
  alike &= Report("The socket, as hosts that are not root use it",
                  RunTrials(daemon.paths(), count, log, SocketTry(daemon.paths())));
  daemon.Kill();
  alike &=
      Report("The module, and the daemon is down", RunTrials(daemon.paths(), count, log, log_in));
  return alike;
}

}  // namespace
}  // namespace twofactor::timing

int main(int argc, char** argv) {
  if (geteuid() != 0) {
    return twofactor::timing::kSkipped;
  }
  try {
    const int count = argc > 1 ? std::stoi(argv[1]) : twofactor::timing::kDefaultSamples;
    return twofactor::timing::CompareAll(count) ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "compare_timing: %s\n", fault.what());
    return EXIT_FAILURE;
  }
}
