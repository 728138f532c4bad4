#ifndef TWOFACTOR_CLI_STACK_KNOWN_SERVICES_H_
#define TWOFACTOR_CLI_STACK_KNOWN_SERVICES_H_

#include <string>
#include <string_view>
#include <vector>

namespace twofactor {

// How many questions a program can put to its user.
enum class Questions {
  kOne,      // Password and code have to be typed in one line.
  kTwo,      // First the password, then the code.
  kEachTime  // One, and the program asks PAM anew for each request, so that a code is used at once.
};

// A program that asks PAM, as docs/pam-stacks.md describes it.
struct KnownService {
  std::string_view name;     // Of the PAM service.
  std::string_view program;  // For people.
  Questions questions;
  // A file of the program, for those that come without one in /etc/pam.d and use that of "other".
  std::string_view installed_as = {};
};

const std::vector<KnownService>& KnownServices();

// Null for a service that is not known.
const KnownService* FindService(const std::string& name);

// Whether the program can ask one question only.
bool AsksOneQuestion(const KnownService& service);

// As JSON has it: "one", "two", "one-each-request".
const char* NameOf(Questions questions);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_STACK_KNOWN_SERVICES_H_
