#ifndef TWOFACTOR_TESTS_UNIT_CLI_SCRIPTED_H_
#define TWOFACTOR_TESTS_UNIT_CLI_SCRIPTED_H_

#include <gtest/gtest.h>

#include <deque>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/connection.h"
#include "cli/terminal.h"

namespace twofactor {

// A daemon that answers calls in the order of a script, which must be used up.
class ScriptedDaemon final : public Connection {
 public:
  ~ScriptedDaemon() override { EXPECT_TRUE(script.empty()) << "a call was not made"; }
  Result<nlohmann::json> Call(std::string_view method, const nlohmann::json& params) override {
    calls.push_back(std::string(method) + params.dump());
    if (script.empty() || script.front().first != method) {
      ADD_FAILURE() << "unexpected call of " << method;
      return Fail(ErrorCode::kInternal, "unexpected");
    }
    Result<nlohmann::json> answer = std::move(script.front().second);
    script.pop_front();
    return answer;
  }

  std::deque<std::pair<std::string, Result<nlohmann::json>>> script;
  std::vector<std::string> calls;
};

// A person who gives these answers, one after the other, and sees everything.
class ScriptedTerminal final : public Terminal {
 public:
  bool IsInteractive() const override { return interactive; }
  int Columns() const override { return columns; }
  bool UsesColour() const override { return coloured; }
  bool ShowsUnicode() const override { return unicode; }
  std::optional<SecretBytes> Ask(const std::string& prompt) override {
    asked.push_back(prompt);
    if (answers.empty()) {
      return std::nullopt;
    }
    SecretBytes answer = SecretBytes::CopyOf(answers.front());
    answers.pop_front();
    return answer;
  }
  std::optional<SecretBytes> AskHidden(const std::string& prompt) override {
    hidden.push_back(prompt);
    return Ask(prompt);
  }
  void ShowProgress(const std::string& text) override { progress += text; }
  void Warn(const std::string& text) override { warned += text; }
  void Show(const std::string& text) override { shown += text; }
  Result<void> CheckOutput() override {
    return writable ? Result<void>() : Fail(ErrorCode::kInternal, "the output cannot be written");
  }

  bool interactive = true;
  bool writable = true;
  bool coloured = true;
  bool unicode = true;
  int columns = 200;
  std::deque<std::string> answers;
  std::vector<std::string> asked;
  std::vector<std::string> hidden;
  std::string shown;
  std::string progress;
  std::string warned;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_UNIT_CLI_SCRIPTED_H_
