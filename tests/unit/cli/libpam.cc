#include "tests/unit/cli/libpam.h"

#include <security/pam_appl.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

namespace twofactor {
namespace {

// One that controls do not name stands for all those.
constexpr std::array kAnswers = {PAM_SUCCESS, PAM_IGNORE, PAM_AUTH_ERR, PAM_NEW_AUTHTOK_REQD,
                                 PAM_USER_UNKNOWN};
constexpr std::size_t kMostModules = 9;

void Replace(std::string& text, const std::string& what, const std::string& by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), by);
    at += by.size();
  }
}

struct Script {
  const std::vector<int>& answers;
  Libpam::Outcome outcome;
};

// Each module that is asked says its number, and is told what to answer.
int Converse(int count, const pam_message** messages, pam_response** responses, void* data) {
  auto& script = *static_cast<Script*>(data);
  *responses =
      static_cast<pam_response*>(std::calloc(static_cast<std::size_t>(count), sizeof **responses));
  for (int i = 0; i < count; ++i) {
    const auto module = std::strtoul(messages[i]->msg, nullptr, 10);
    script.outcome.asked.at(module) = true;
    (*responses)[i].resp = strdup(std::to_string(script.answers.at(module)).c_str());
  }
  return PAM_SUCCESS;
}

// Counts through every combination; false after the last.
bool Advance(std::vector<std::size_t>& digits) {
  for (std::size_t& digit : digits) {
    digit = (digit + 1) % kAnswers.size();
    if (digit != 0) {
      return true;
    }
  }
  return false;
}

void Add(const Libpam::Outcome& login, const std::vector<int>& answers, PamWalk& walk) {
  if (!login.gets_in) {
    return;
  }
  bool proved = false;
  for (std::size_t i = 1; i < answers.size(); ++i) {
    proved = proved || (login.asked[i] && (answers[i] == PAM_SUCCESS || answers[i] == PAM_IGNORE));
  }
  if (!login.asked[0]) {
    walk.led_past = {0};
  } else if (answers[0] == PAM_SUCCESS) {
    walk.accepted_gets_in = true;
    walk.accepted_alone_gets_in |= !proved;
  } else {
    (answers[0] == PAM_IGNORE ? walk.ignored_gets_in : walk.refused_gets_in) = true;
  }
}

}  // namespace

PamStack ReadByDoctor(const PamTexts& texts) {
  return ReadAuthStack("s", [&texts](const std::string& name) -> std::optional<std::string> {
    const auto found = texts.find(name);
    if (found == texts.end()) {
      return std::nullopt;
    }
    std::string text = found->second;
    Replace(text, "DIR/", "");
    Replace(text, "@0", "pam_twofactor.so");
    for (std::size_t i = 1; i < kMostModules; ++i) {
      Replace(text, "@" + std::to_string(i), "pam_other.so");
    }
    return text;
  });
}

Libpam::Libpam(const PamTexts& texts) {
  WriteFile(directory_ / "other", "auth required pam_deny.so\n");
  for (const auto& [name, text] : texts) {
    std::string real = text;
    Replace(real, "DIR/", directory_.path() + "/");
    for (std::size_t i = 0; i < kMostModules; ++i) {
      Replace(real, "@" + std::to_string(i), ANSWERING_MODULE " " + std::to_string(i));
    }
    WriteFile(directory_ / name, real);
  }
}

Libpam::Outcome Libpam::Login(const std::vector<int>& answers) const {
  Script script{answers, {false, std::vector<bool>(answers.size())}};
  const pam_conv conversation{Converse, &script};
  pam_handle_t* handle = nullptr;
  int result = pam_start_confdir("s", "root", &conversation, directory_.path().c_str(), &handle);
  if (result == PAM_SUCCESS) {
    result = pam_authenticate(handle, 0);
    script.outcome.gets_in = result == PAM_SUCCESS;
  }
  if (handle != nullptr) {
    pam_end(handle, result);
  }
  return std::move(script.outcome);
}

PamWalk Libpam::WalkAll(std::size_t modules) const {
  PamWalk walk;
  std::vector<std::size_t> digits(modules);
  do {
    std::vector<int> answers;
    answers.reserve(digits.size());
    for (const std::size_t digit : digits) {
      answers.push_back(kAnswers.at(digit));
    }
    Add(Login(answers), answers, walk);
  } while (Advance(digits));
  return walk;
}

}  // namespace twofactor
