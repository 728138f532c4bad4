#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_PARAMETERS_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_PARAMETERS_H_

#include <nlohmann/json.hpp>
#include <vector>

#include "helperd/messages/shape.h"

namespace twofactor {

// The parameters of a method, in order; those that are not required come last.
using Parameters = std::vector<Shape::Field>;

// Checks the JSON array `params` as a whole: fails with kInvalidParams and every fault in it.
Result<void> CheckParams(const Parameters& parameters, const nlohmann::json& params);

// The JSON Schema of the array of parameters, and of a result.
nlohmann::ordered_json ParamsSchema(const Parameters& parameters);
nlohmann::ordered_json ResultSchema(std::string_view method, const Shape& result);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_PARAMETERS_H_
