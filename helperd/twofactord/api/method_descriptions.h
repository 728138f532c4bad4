#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_DESCRIPTIONS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_DESCRIPTIONS_H_

#include <nlohmann/json.hpp>
#include <string>

namespace twofactor {

// What core.get_methods answers of the methods of a service; of all, where that is empty. The
// fields of the schemas are in the order of the reference. The members "accepts" and "returns" and
// those beside them are what TrueNAS' own clients read.
nlohmann::ordered_json DescribeMethods(const std::string& service);

// What core.get_services answers: the services, which are the methods' names without their last
// parts, with their kinds.
nlohmann::json DescribeServices();

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_METHOD_DESCRIPTIONS_H_
