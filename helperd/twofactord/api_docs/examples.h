#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_DOCS_EXAMPLES_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_DOCS_EXAMPLES_H_

#include <nlohmann/json.hpp>
#include <string_view>

namespace twofactor {

// A call that a documentation page shows, and what it answers. A test checks both against the
// method's schemas.
struct Example {
  nlohmann::ordered_json params;
  nlohmann::json result;
};

// Null for a method without one.
const Example* ExampleOf(std::string_view method);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_DOCS_EXAMPLES_H_
