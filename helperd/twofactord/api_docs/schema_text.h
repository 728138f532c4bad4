#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_DOCS_SCHEMA_TEXT_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_DOCS_SCHEMA_TEXT_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace twofactor {

// Says in the reference's words, as Markdown, what JSON Schemas made of shapes say. A bound
// that this does not know of is shown as it is, so none is left out silently; conditions (allOf)
// are left to the descriptions.

// "Must be at least 1 characters long" and so on.
std::vector<std::string> BoundsOf(const nlohmann::ordered_json& schema);

// One bullet for each kind of value that the schema allows, those inside of it indented below.
// Objects that were written before (`written` collects them) are named and not repeated.
std::string TypeList(const nlohmann::ordered_json& schema,
                     std::vector<nlohmann::ordered_json>& written);

// A field under a heading of this level; the fields of an object of its own follow, a level deeper.
std::string FieldSection(const std::string& name, const nlohmann::ordered_json& schema, int level);

// The fields of an object, each under a heading of this level.
std::string FieldSections(const nlohmann::ordered_json& object, int level);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_DOCS_SCHEMA_TEXT_H_
