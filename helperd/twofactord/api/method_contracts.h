#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_CONTRACTS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_CONTRACTS_H_

#include <string_view>
#include <vector>

#include "helperd/twofactord/api/method_table.h"
#include "helperd/twofactord/api/parameters.h"

namespace twofactor {

// What a method of the table says of itself: what it does, takes, answers, and may fail with.
struct MethodContract {
  std::string_view name;
  std::string_view description;
  Parameters parameters;
  Shape result;
  // Of the handler itself, besides those of a broken machine (kInternal, kCorrupt).
  std::vector<ErrorCode> errors = {};
};

// One for each method of the table, in its order. Thread-safe.
const std::vector<MethodContract>& MethodContracts();
// Throws for a name that is not in the table.
const MethodContract& ContractOf(std::string_view name);
// A description up to the end of its first sentence.
std::string_view FirstSentence(std::string_view text);
// Every error that a call may be refused with, by the handler or by the gate.
std::vector<ErrorCode> ErrorsOf(const Method& method);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_CONTRACTS_H_
