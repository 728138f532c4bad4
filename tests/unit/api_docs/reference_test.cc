// user.renew_2fa_secret, field by field, against the text that specifies it.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "helperd/twofactord/api/method_contracts.h"
#include "helperd/twofactord/api_docs/reference_differences.h"
#include "tests/unit/api_docs/documented_field.h"

namespace twofactor {
namespace {

std::string ReferenceText() {
  std::ostringstream text;
  text << std::ifstream(TWOFACTOR_REFERENCE).rdbuf();
  return text.str();
}

std::vector<DocumentedField> Ours() {
  const MethodContract& method = ContractOf("user.renew_2fa_secret");
  return ReadSchemas(std::string(method.name), std::string(method.description),
                     ParamsSchema(method.parameters), ResultSchema(method.name, method.result));
}

const DocumentedField* Find(const std::vector<DocumentedField>& fields, const std::string& path) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&path](const auto& field) { return field.path == path; });
  return found == fields.end() ? nullptr : &*found;
}

// "path: aspect" and what we have there, for each aspect in which they differ.
using Differences = std::set<std::string>;

void Compare(const DocumentedField& theirs, const DocumentedField& ours, Differences& found) {
  const auto differ = [&](const char* aspect, const std::string& text) {
    found.insert(theirs.path + ": " + aspect + (text.empty() ? "" : " is " + text));
  };
  if (theirs.title != ours.title) {
    differ("title", ours.title);
  }
  if (theirs.Types() != ours.Types()) {
    differ("type", ours.Types());
  }
  if (theirs.default_value != ours.default_value) {
    differ("default", ours.default_value);
  }
  // Ours may go on with where the field comes from.
  if (ours.description.find(theirs.description) == std::string::npos) {
    differ("description", "");
  }
}

Differences Compare(const std::vector<DocumentedField>& theirs,
                    const std::vector<DocumentedField>& ours) {
  Differences found;
  for (const DocumentedField& field : theirs) {
    if (const DocumentedField* other = Find(ours, field.path)) {
      Compare(field, *other, found);
    } else {
      found.insert(field.path + ": missing");
    }
  }
  for (const DocumentedField& field : ours) {
    if (Find(theirs, field.path) == nullptr) {
      found.insert(field.path + ": not in the reference");
    }
  }
  return found;
}

Differences Deliberate() {
  Differences deliberate;
  for (const ReferenceDifference& difference : ReferenceDifferences()) {
    deliberate.insert(difference.path + ": " + difference.what);
  }
  return deliberate;
}

TEST(ReferenceTest, TextIsReadToItsLastField) {
  const auto fields = ReadReference(ReferenceText());
  const auto count = [&fields](const std::string& prefix) {
    return std::count_if(fields.begin(), fields.end(), [&prefix](const DocumentedField& field) {
      return field.path.starts_with(prefix + ".");
    });
  };
  EXPECT_EQ(count("twofactor_options"), 2);
  EXPECT_EQ(count("UserRenew2faSecretResult"), 31);
  EXPECT_EQ(count("UserTwofactorConfigEntry"), 4);
  EXPECT_EQ(Find(fields, "UserRenew2faSecretResult.userns_idmap")->Types(),
            "const \"DIRECT\" | integer minimum=1 maximum=4294967294 | null");
  EXPECT_EQ(Find(fields, "UserRenew2faSecretResult.sudo_commands_nopasswd")->Types(),
            "array of string minLength=1");
  EXPECT_EQ(Find(fields, "UserRenew2faSecretResult.shell")->default_value, "\"/usr/bin/zsh\"");
  EXPECT_EQ(Find(fields, "UserRenew2faSecretResult.email")->Types(), "string format=email | null");
  EXPECT_EQ(Find(fields, "UserRenew2faSecretResult.password_history")->Types(),
            "array of object | null");
}

TEST(ReferenceTest, SchemasDifferFromItWhereThatIsMeantAndNowhereElse) {
  EXPECT_EQ(Compare(ReadReference(ReferenceText()), Ours()), Deliberate());
}

// One change of the text, and what the comparison must find beside the deliberate differences.
struct Change {
  const char* from;
  const char* to;
  const char* found;
};

TEST(ReferenceTest, EveryKindOfChangeIsFoundAndNamed) {
  const Change changes[] = {
      {"Api Keys", "Api Tokens", "UserRenew2faSecretResult.api_tokens: missing"},
      {"Api Keys", "Api Tokens", "UserRenew2faSecretResult.api_keys: not in the reference"},
      {"Otp Digits\n\nType: integer\n\nRep", "Otp Digits\n\nType: string\n\nRep",
       "twofactor_options.otp_digits: type is integer minimum=6 maximum=8"},
      {"equal to 6 and lesser or equal to 8", "equal to 6 and lesser or equal to 9",
       "twofactor_options.otp_digits: type is integer minimum=6 maximum=8"},
      {"Sid\n\n\nType: string\nType: null", "Sid\n\n\nType: string",
       "UserRenew2faSecretResult.sid: type is string | null"},
      {"Locked\n\nType: boolean Default: false", "Locked\n\nType: boolean",
       "UserRenew2faSecretResult.locked: default is false"},
      {"Default: \"/usr/bin/zsh\"", "Default: \"/bin/sh\"",
       "UserRenew2faSecretResult.shell: default is \"/usr/bin/zsh\""},
      {"Type: stringFormat: email", "Type: stringFormat: uri",
       "UserRenew2faSecretResult.email: type is string format=email | null"},
      {"Specific value: \"DIRECT\"", "Specific value: \"SAME\"",
       "UserRenew2faSecretResult.userns_idmap: type is const \"DIRECT\" | integer minimum=1 "
       "maximum=4294967294 | null"},
      {"UserTwofactorConfigEntry\n\nType: object\nNo Additional Properties",
       "UserTwofactorConfigEntry\n\nType: object",
       "UserTwofactorConfigEntry: type is closed object"},
      {"Required if password_disabled", "Not required if password_disabled",
       "UserRenew2faSecretResult.ssh_password_enabled: description"},
      {"must match the authenticated", "may match the authenticated", ": description"},
      {"Each item of this array must be:\nType: string\n\nMust be at least 1 characters long\n\n"
       "Email",
       "Each item of this array must be:\nType: string\n\nMust be at least 2 characters long\n\n"
       "Email",
       "UserRenew2faSecretResult.sudo_commands_nopasswd: type is array of string minLength=1"},
  };
  for (const Change& change : changes) {
    std::string text = ReferenceText();
    const std::size_t start = text.find(change.from);
    ASSERT_NE(start, std::string::npos) << change.from;
    text.replace(start, std::string(change.from).size(), change.to);
    Differences found = Compare(ReadReference(text), Ours());
    EXPECT_TRUE(found.contains(change.found)) << change.to;
    EXPECT_FALSE(Deliberate().contains(change.found)) << change.to;
  }
}

}  // namespace
}  // namespace twofactor
