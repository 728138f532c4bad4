#ifndef TWOFACTOR_TESTS_UNIT_API_DOCS_DOCUMENTED_FIELD_H_
#define TWOFACTOR_TESTS_UNIT_API_DOCS_DOCUMENTED_FIELD_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace twofactor {

// What a text or a schema says of one field, in words that both can be brought to.
struct DocumentedField {
  std::string path;   // "" for the method, "twofactor_options.otp_digits",
                      // "UserTwofactorConfigEntry.interval"
  std::string title;  // "Otp Digits"
  // Each kind of value that it may have, with its bounds, in order: "integer minimum=6 maximum=8".
  std::vector<std::string> types;
  std::string default_value = "none";  // As JSON.
  std::string description;             // On one line, with plain apostrophes.

  std::string Types() const;  // "string minLength=1 | null"
};

// One line, with plain apostrophes.
std::string OnOneLine(const std::string& text);

// The fields of a documentation page such as the reference's, line by line.
std::vector<DocumentedField> ReadReference(const std::string& text);

// The fields of a method, as core.get_methods tells them.
std::vector<DocumentedField> ReadSchemas(const std::string& method, const std::string& description,
                                         const nlohmann::ordered_json& params,
                                         const nlohmann::ordered_json& result);

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_UNIT_API_DOCS_DOCUMENTED_FIELD_H_
