#include "cli/import/fields.h"

#include <algorithm>
#include <utility>

#include "cli/import/plain_text.h"
#include "cli/import/refusal.h"
#include "cli/import/text_lines.h"
#include "cli/translate.h"

namespace twofactor {

void Fields::Add(std::string name, SecretBytes value) {
  if (Field* const first = Find(name)) {
    first->contradicted = first->contradicted || !first->value.Equals(value);
    return;
  }
  fields_.push_back({std::move(name), std::move(value)});
}

std::optional<std::string_view> Fields::Take(std::string_view name) {
  Field* const field = Find(name);
  if (field == nullptr) {
    return std::nullopt;
  }
  field->understood = true;
  return Trimmed(field->value.text());
}

void Fields::Pass(std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (Field* const field = Find(name)) {
      field->understood = true;
      field->contradicted = false;
    }
  }
}

Result<void> Fields::CheckUnderstood() const {
  for (const Field& field : fields_) {
    const std::string name = PlainText(field.name, kMaxShownBytes);
    if (!field.understood) {
      return Refuse(Say("holds '%1', which is not understood", name));
    }
    if (field.contradicted) {
      return Refuse(Say("holds '%1' twice, with two values", name));
    }
  }
  return {};
}

Fields::Field* Fields::Find(std::string_view name) {
  const auto found = std::find_if(fields_.begin(), fields_.end(), [name](const Field& field) {
    return EqualWords(field.name, name);
  });
  return found == fields_.end() ? nullptr : &*found;
}

}  // namespace twofactor
