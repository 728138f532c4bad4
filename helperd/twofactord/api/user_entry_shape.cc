#include "helperd/twofactord/api/user_entry_shape.h"

#include <algorithm>

#include "helperd/messages/described_fields.h"

namespace twofactor {
namespace {

constexpr bool kRequired = true;

bool IsHash(const std::string& name) {
  return std::find(kHashFields.begin(), kHashFields.end(), name) != kHashFields.end();
}

bool IsText(const Shape& shape) {
  std::vector<Fault> faults;
  shape.Check(kRedacted, "", faults);
  return faults.empty();
}

}  // namespace

Shape TwofactorConfigShape() {
  return Shape::Object(
      {{"provisioning_uri",
        "The otpauth URI for an authenticator app, which contains the secret. Only the answer that"
        " hands out a new secret has it; otherwise null.",
        Shape::Nullable(Shape::String()), kRequired},
       {"secret_configured", "Whether the user has a secret.", Shape::Boolean(), kRequired},
       {"interval", "For how many seconds a code is valid.", Shape::Integer(), kRequired},
       {"otp_digits", "The number of digits of a code.", Shape::Integer(), kRequired}},
      "UserTwofactorConfigEntry");
}

Shape GroupEntryShape() {
  std::vector<Shape::Field> fields;
  for (const Shape::Field& field : GroupEntryFields()) {
    // Where the reference has it.
    if (field.name == "users") {
      fields.push_back({"roles", "The roles that the group gives its members.",
                        Shape::Array(Shape::String()), kRequired});
    }
    // Later versions of the API have it.
    if (field.name != "immutable") {
      fields.push_back(field);
    }
  }
  return Shape::Object(std::move(fields));
}

Shape UserEntryShape() {
  std::vector<Shape::Field> fields;
  for (Shape::Field field : DescribedFields()) {
    if (IsHash(field.name) && !IsText(field.shape)) {
      field.shape = Shape::AnyOf({field.shape, Shape::Constant(kRedacted)});
    }
    // twofactor-accounts writes it as text.
    if (field.name == kDateField) {
      field.shape = Shape::Nullable(Shape::DateTime());
      field.description += " `{\"$date\": milliseconds since 1970}` on the WebSocket transport.";
    }
    // Where the reference has it.
    if (field.name == "sid") {
      fields.push_back({"twofactor_auth_configured", "Whether the user has a second factor.",
                        Shape::Boolean(), kRequired});
    }
    fields.push_back(std::move(field));
  }
  fields.push_back({"roles", "The roles that the user's uid and groups give.",
                    Shape::Array(Shape::String()), kRequired});
  fields.push_back({"api_keys", "Empty: the Unix socket knows its peer, so there are no API keys.",
                    Shape::Array(Shape::Integer()), kRequired});
  fields.push_back({"twofactor_config", "How the user's second factor is set up.",
                    TwofactorConfigShape(), kRequired});
  return Shape::Object(std::move(fields));
}

}  // namespace twofactor
