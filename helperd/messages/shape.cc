#include "helperd/messages/shape.h"

#include <cerrno>

#include "helperd/messages/shape_node.h"

namespace twofactor {
namespace {

// "Otp Digits" for otp_digits.
std::string TitleOf(const std::string& name) {
  std::string title;
  bool starts_word = true;
  for (const char c : name) {
    const bool small = c >= 'a' && c <= 'z';
    title += c == '_' ? ' ' : starts_word && small ? static_cast<char>(c - 'a' + 'A') : c;
    starts_word = c == '_';
  }
  return title;
}

}  // namespace

void AddFault(std::vector<Fault>& faults, const std::string& attribute, std::string message) {
  faults.push_back({attribute, std::move(message), EINVAL});
}

std::string PathOf(const std::string& attribute, const std::string& name) {
  return attribute.empty() ? name : attribute + "." + name;
}

Shape Shape::Partial() const {
  auto partial = node_->Partial();
  return partial ? Shape(std::move(partial)) : *this;
}

void Shape::Check(const nlohmann::json& value, const std::string& attribute,
                  std::vector<Fault>& faults) const {
  node_->Check(value, attribute, faults);
}

nlohmann::ordered_json Shape::Schema() const { return node_->Schema(); }

nlohmann::ordered_json Shape::Field::Schema() const {
  nlohmann::ordered_json schema = {{"title", TitleOf(name)}, {"description", description}};
  schema.update(shape.Schema());
  if (default_value) {
    schema["default"] = *default_value;
  }
  return schema;
}

}  // namespace twofactor
