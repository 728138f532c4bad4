// The two processes of the daemon take each other's messages as input: each parser refuses or
// accepts, and what a parser accepted is written as what it reads again.
#include <string>

#include "helperd/messages/accounts_messages.h"
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace twofactor;
  const std::string text(data, data + size);
  if (const auto request = ParseAccountsRequest(text)) {
    const auto again = ParseAccountsRequest(ToText(*request));
    Claim(again && again->op == request->op && again->name == request->name &&
          again->uid == request->uid && again->groups == request->groups &&
          again->users == request->users);
  }
  if (const auto answer = ParseAccountsAnswer(text)) {
    if (const auto entry = ParsePasswdEntry(*answer)) {
      Claim(ParsePasswdEntry(ToJson(*entry)) == *entry);
    }
    if (const auto identity = ParseIdentity(*answer)) {
      Claim(ParseIdentity(ToJson(*identity)) == *identity);
    }
    if (const auto checks = ParseUserChecks(*answer)) {
      Claim(ParseUserChecks(ToJson(*checks)) == *checks);
    }
    static_cast<void>(ParsePasswdEntries(*answer));
    static_cast<void>(CheckDescription(*answer));
    static_cast<void>(CheckShells(*answer));
  }
  return 0;
}
