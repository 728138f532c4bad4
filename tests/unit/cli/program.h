#ifndef TWOFACTOR_TESTS_UNIT_CLI_PROGRAM_H_
#define TWOFACTOR_TESTS_UNIT_CLI_PROGRAM_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace twofactor {

// What a run of the built twofactorctl did.
struct ProgramRun {
  int status = -1;
  std::string out;
  std::string err;

  // Standard output as the one JSON object that it should be; null where it is none.
  nlohmann::json Json() const;
};

// Runs twofactorctl with this on standard input.
ProgramRun RunProgram(const std::vector<std::string>& arguments, const std::string& in = "");

// Runs it with a daemon of its own that answers each method with "result" or "error". What it is
// not told to answer is an internal error.
ProgramRun RunAgainst(const nlohmann::json& answers, std::vector<std::string> arguments,
                      const std::string& in = "");

// The member "error" of an answer with this errno.
nlohmann::json ErrorAnswer(int error, const std::string& reason);

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_UNIT_CLI_PROGRAM_H_
