#include "helperd/twofactord/api_docs/pages.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "helperd/twofactord/api_docs/examples.h"

namespace twofactor {
namespace {

std::map<std::string, std::string> CommittedPages() {
  std::map<std::string, std::string> pages;
  for (const auto& entry : std::filesystem::directory_iterator(TWOFACTOR_API_PAGES)) {
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    pages[entry.path().filename()] = text.str();
  }
  return pages;
}

TEST(ApiPagesTest, CommittedPagesAreWhatTheMethodsAreNow) {
  const auto committed = CommittedPages();
  for (const auto& [name, text] : AllPages()) {
    const auto found = committed.find(name);
    ASSERT_NE(found, committed.end()) << name << ": build the target api_docs";
    EXPECT_EQ(found->second, text) << name << ": build the target api_docs";
  }
  EXPECT_EQ(committed.size(), AllPages().size()) << "a page of a method that is gone";
}

// "pam.grace" and "uid 0" of "*pam.note_login*(username), *pam.grace*(username, uid) - uid 0".
std::map<std::string, std::string> AccessOfTheManual() {
  std::map<std::string, std::string> access;
  std::ifstream manual(TWOFACTOR_MANUAL);
  const std::regex heading(R"((\*[a-z].*\)) - (.*))");
  const std::regex name(R"(\*([a-z0-9_.]+)\*\()");
  std::smatch parts;
  for (std::string line; std::getline(manual, line);) {
    if (!std::regex_match(line, parts, heading)) {
      continue;
    }
    const std::string names = parts[1];
    for (std::sregex_iterator i(names.begin(), names.end(), name), end; i != end; ++i) {
      access[(*i)[1]] = parts[2];
    }
  }
  return access;
}

TEST(ApiPagesTest, ManualSaysTheAccessOfEachMethod) {
  std::map<std::string, std::string> access;
  for (const Method& method : MethodTable()) {
    access[std::string(method.name)] = RuleOf(method.access).name;
  }
  EXPECT_EQ(AccessOfTheManual(), access);
}

TEST(ApiPagesTest, EveryMethodHasAnExampleThatFitsItsSchemas) {
  for (const MethodContract& method : MethodContracts()) {
    const Example* example = ExampleOf(method.name);
    ASSERT_NE(example, nullptr) << method.name;
    const auto params = CheckParams(method.parameters, nlohmann::json(example->params));
    EXPECT_TRUE(params) << method.name << ": " << params.error().message();
    std::vector<Fault> faults;
    method.result.Check(example->result, "", faults);
    for (const Fault& fault : faults) {
      ADD_FAILURE() << method.name << ": " << fault.attribute << ": " << fault.message;
    }
  }
}

}  // namespace
}  // namespace twofactor
