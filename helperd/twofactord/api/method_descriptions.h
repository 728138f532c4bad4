#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_DESCRIPTIONS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_DESCRIPTIONS_H_

#include <nlohmann/json.hpp>
#include <string>

namespace twofactor {

// What core.get_methods answers about the methods of a service, or about all if `service` is empty.
// The fields of the schemas are in the reference's order. TrueNAS' own clients read "accepts",
// "returns" and the members after them.
nlohmann::ordered_json DescribeMethods(const std::string& service);

// What core.get_services answers: the services and their kinds. A service is the name of a method
// without its last part.
nlohmann::json DescribeServices();

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_DESCRIPTIONS_H_
