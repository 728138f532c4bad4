// Makes a live store in a directory, with one secret (hexadecimal) for one user. It accepts every
// step.
//
//   make_store DIR USER UID SECRET ALGORITHM DIGITS INTERVAL WINDOW
#include <sys/stat.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/store_fixture.h"

namespace {

using twofactor::OtpAlgorithm;

OtpAlgorithm AlgorithmNamed(const std::string& name) {
  return name == "SHA1"     ? OtpAlgorithm::kSha1
         : name == "SHA256" ? OtpAlgorithm::kSha256
                            : OtpAlgorithm::kSha512;
}

twofactor::SecretBytes FromHex(const std::string& hex) {
  twofactor::SecretBytes bytes(hex.size() / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes.mutable_bytes()[i] =
        static_cast<std::uint8_t>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 9) {
    std::cerr << "usage: make_store DIR USER UID SECRET ALGORITHM DIGITS INTERVAL WINDOW\n";
    return 2;
  }
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  mkdir(arguments[0].c_str(), 0755);
  twofactor::LoginSettings settings;
  settings.window = std::stoi(arguments[7]);
  twofactor::ManualClock clock;
  const twofactor::PlainBirthRule rule(clock, settings.window);
  auto publisher =
      twofactor::LiveStorePublisher::Open(twofactor::RunPaths(arguments[0]), settings, {}, 0, rule);
  const auto published =
      publisher.value().Publish({twofactor::Username::Parse(arguments[1]).value(),
                                 static_cast<uid_t>(std::stoul(arguments[2])),
                                 0,
                                 0,
                                 1,
                                 {AlgorithmNamed(arguments[4]), std::stoi(arguments[5]),
                                  std::chrono::seconds(std::stoi(arguments[6]))},
                                 clock.wall,
                                 FromHex(arguments[3])});
  return published ? EXIT_SUCCESS : EXIT_FAILURE;
}
