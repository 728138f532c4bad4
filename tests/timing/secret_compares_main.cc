// Are codes, keys and MACs compared without a branch that depends on them? Runs under valgrind,
// which counts each one as an error:
//
//   valgrind -q --error-exitcode=9 secret_compares
//   valgrind -q --error-exitcode=9 secret_compares --with-memcmp     (which it must refuse)
//
// 77 where valgrind does not run it.
#include <valgrind/valgrind.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>

#include "cli/import/encodings.h"
#include "cli/import/pskc.h"
#include "cli/import/used_code.h"
#include "common/otp/hotp.h"
#include "common/otp/totp.h"
#include "helperd/twofactord/factor/two_codes.h"
#include "helperd/twofactord/vault/key_ring.h"
#include "tests/support/store_fixture.h"
#include "tests/timing/secret_marks.h"

namespace twofactor::timing {
namespace {

constexpr int kSkipped = 77;
constexpr TimeStep kStep = 60'000'000;
constexpr int kWindow = 2;

void Claim(bool holds, const char* claim) {
  if (!holds) {
    throw std::runtime_error(claim);
  }
}

SecretBytes CodeAt(std::uint64_t counter) {
  return Public(GenerateCounterCode(RfcSecret(), {}, counter).value());
}

SecretBytes WrongCode() { return SecretBytes::CopyOf("000000"); }

void MatchesTotp() {
  const auto match = [](const SecretBytes& code) {
    return MatchTotp(RfcSecret(), {}, kStep, kWindow, code).value();
  };
  Claim(match(CodeAt(kStep + 1)) == kStep + 1, "a right code matches");
  Claim(!match(WrongCode()), "a wrong code does not match");
}

void MatchesHotp() {
  const auto match = [](const SecretBytes& code) {
    return MatchHotp(RfcSecret(), {}, 1, 10, code).value();
  };
  Claim(match(CodeAt(3)) == 3U, "a right code matches");
  Claim(!match(WrongCode()), "a wrong code does not match");
}

void MatchesTwoCodes() {
  const auto match = [](const SecretBytes& first, const SecretBytes& second) {
    return MatchTwoTotp(RfcSecret(), {}, kStep, kStep - 5, first, second).value();
  };
  Claim(match(CodeAt(kStep), CodeAt(kStep + 1)) == kStep, "two right codes match");
  Claim(!match(CodeAt(kStep), WrongCode()), "a right code and a wrong one do not match");
}

void VerifiesInLiveStore() {
  StoreFixture store;
  store.Enroll("alice", 1000, RfcSecret());
  Claim(store.Verify("alice", WrongCode())->outcome == VerifyOutcome::kWrong, "wrong is wrong");
  Claim(store.Verify("alice", Public(store.CodeOf("alice")))->outcome == VerifyOutcome::kGranted,
        "right is granted");
}

void VerifiesNobody() {
  StoreFixture store;
  store.Enroll("alice", 1000, RfcSecret());
  auto reader = store.Open();
  const Account nobody{*Username::Parse("nobody"), 65534};
  Claim(VerifyCode(reader, nobody, TypedCode(WrongCode()), store.clock)->outcome ==
            VerifyOutcome::kNoFactor,
        "nobody has no factor");
}

void FindsUsedCodes() {
  Claim(CounterOf(RfcSecret(), 6, 0, 5, CodeAt(3).text()) == 3U, "a counter is found");
  const std::vector<WallTime> times = {WallTime(std::chrono::seconds(kStep * 30))};
  Claim(StepOf(RfcSecret(), {}, times, 2, CodeAt(kStep + 1).text()) == kStep + 1,
        "a step is found");
}

VaultKey KeyOf(std::uint8_t last) {
  SecretBytes bytes(VaultKey::kBytes);
  bytes.mutable_bytes().back() = last;
  return VaultKey::FromBytes(Secret(std::move(bytes))).value();
}

void ComparesKeys() {
  const KeyRing ring{KeyOf(1), KeyOf(2)};
  Claim(ring.Holds(KeyOf(2)), "a key that is held is known");
  Claim(!ring.Holds(KeyOf(3)), "another key is not");
}

void ChecksMacOfPskc() {
  std::ifstream file(PSKC_WITH_MAC);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const ImportContext context{WallTime(std::chrono::seconds(1'718'452'800)), "", "nas1"};
  const auto users = ParsePskc(text, context, [](PskcKeyKind) -> Result<SecretBytes> {
    return std::move(*DecodeHex("12345678901234567890123456789012"));
  });
  Claim(users.has_value(), "a container with a MAC is read");
}

void ComparesWithMemcmp() {
  const SecretBytes code = GenerateCounterCode(RfcSecret(), {}, kStep).value();
  const SecretBytes wrong = WrongCode();
  if (std::memcmp(code.bytes().data(), wrong.bytes().data(), code.size()) == 0) {
    std::printf("equal\n");
  }
}

struct Path {
  const char* name;
  void (*run)();
};
constexpr std::array kPaths = {Path{"a TOTP code against its window", MatchesTotp},
                               Path{"a HOTP code against its counters", MatchesHotp},
                               Path{"two codes of a clock that is wrong", MatchesTwoCodes},
                               Path{"a code in the live store", VerifiesInLiveStore},
                               Path{"a code of nobody", VerifiesNobody},
                               Path{"a used code of an import", FindsUsedCodes},
                               Path{"the vault's keys", ComparesKeys},
                               Path{"the MAC of a PSKC container", ChecksMacOfPskc}};

bool Passes(const Path& path) {
  const std::uint64_t verdicts = SecretVerdicts();
  const unsigned errors = VALGRIND_COUNT_ERRORS;
  path.run();
  const std::uint64_t compared = SecretVerdicts() - verdicts;
  const unsigned branches = VALGRIND_COUNT_ERRORS - errors;
  std::printf("%s: %llu comparisons of secrets, %u branches on them\n", path.name,
              static_cast<unsigned long long>(compared), branches);
  return compared > 0 && branches == 0;
}

int Run(bool with_memcmp) {
  if (RUNNING_ON_VALGRIND == 0) {
    return kSkipped;
  }
  if (with_memcmp) {
    ComparesWithMemcmp();
    return EXIT_SUCCESS;
  }
  bool pass = true;
  for (const Path& path : kPaths) {
    pass = Passes(path) && pass;
  }
  return pass ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace twofactor::timing

int main(int argc, char** argv) {
  try {
    return twofactor::timing::Run(argc > 1 && std::string_view(argv[1]) == "--with-memcmp");
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "secret_compares: %s\n", fault.what());
    return EXIT_FAILURE;
  }
}
