#ifndef TWOFACTOR_CLI_IMPORT_FIELDS_H_
#define TWOFACTOR_CLI_IMPORT_FIELDS_H_

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"

namespace twofactor {

// What a file says of one device, by name: the parameters of a URI, the elements of a PSKC key, the
// members of a JSON object. A reader takes what it understands and passes what has no meaning for
// codes; whatever is left is an error, so that nothing that is not understood becomes a default.
//
// Names are compared without regard to case. Values may be secrets. Movable; not synchronized.
class Fields {
 public:
  void Add(std::string name, SecretBytes value);
  void Add(std::string name, std::string_view value) {
    Add(std::move(name), SecretBytes::CopyOf(value));
  }

  // The value of that name, without the blanks around it, and counts it as understood. None where
  // there is no such name. Valid until the next Add.
  std::optional<std::string_view> Take(std::string_view name);

  // Counts these names as understood, and of no meaning for codes.
  void Pass(std::initializer_list<std::string_view> names);

  // Fails with kInvalidParams, naming the first that was not understood or stands there with two
  // values.
  Result<void> CheckUnderstood() const;

 private:
  struct Field {
    std::string name;
    SecretBytes value;
    bool understood = false;
    bool contradicted = false;
  };
  Field* Find(std::string_view name);

  std::vector<Field> fields_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_FIELDS_H_
