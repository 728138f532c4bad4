// What doctor knows of the module's options, against the module's own parser.
#include "cli/doctor/module_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "pam_module/options.h"

namespace twofactor {
namespace {

using Value = ModuleOption::Value;

// Values at both sides of every edge.
std::vector<std::string> FormsOf(const ModuleOption& option) {
  const std::string name(option.name);
  std::vector<std::string> forms = {name + "=optional",
                                    name + "=optional:1",
                                    name + "=required",
                                    name + "=required:",
                                    name,
                                    name + "=",
                                    name + "=x",
                                    name + "=/x",
                                    name + "=x/",
                                    name + "= /x",
                                    name + "=a b=c",
                                    name + "=+1",
                                    name + "x",
                                    name + "=1x",
                                    name + "=99999999999",
                                    name + "=0x1",
                                    name + "= 1"};
  for (const int number : {option.least - 1, option.least, option.most, option.most + 1}) {
    forms.push_back(name + "=" + std::to_string(number));
    forms.push_back(name + "=required:" + std::to_string(number));
  }
  return forms;
}

TEST(ModuleOptionsTest, DoctorKnowsTheModulesOptionsAndNoOthers) {
  std::vector<std::string> names;
  names.reserve(kModuleOptions.size());
  for (const ModuleOption& option : kModuleOptions) {
    names.emplace_back(option.name);
  }
  EXPECT_THAT(names, testing::UnorderedElementsAreArray(OptionNames()));
}

TEST(ModuleOptionsTest, DoctorAndTheModuleTakeTheSameForms) {
  for (const ModuleOption& option : kModuleOptions) {
    for (const std::string& form : FormsOf(option)) {
      EXPECT_EQ(IsModuleOption(form), ParseOptions({form}).has_value()) << form;
    }
  }
}

TEST(ModuleOptionsTest, EachOptionHasAFormThatTheModuleTakes) {
  for (const ModuleOption& option : kModuleOptions) {
    const std::string name(option.name);
    const std::string form =
        option.value == Value::kNone     ? name
        : option.value == Value::kNumber ? name + "=" + std::to_string(option.most)
        : option.value == Value::kEnroll ? name + "=required:" + std::to_string(option.most)
                                         : name + "=/a";
    EXPECT_TRUE(ParseOptions({form})) << form;
    EXPECT_TRUE(IsModuleOption(form)) << form;
  }
}

TEST(ModuleOptionsTest, WhatTheModuleDoesNotKnowIsNone) {
  for (const char* unknown : {"", "=", "nulok", "NULLOK", "nullok ", "window 1", "-nullok"}) {
    EXPECT_FALSE(IsModuleOption(unknown)) << unknown;
    EXPECT_FALSE(ParseOptions({unknown})) << unknown;
  }
}

}  // namespace
}  // namespace twofactor
