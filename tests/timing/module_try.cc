#include "tests/timing/module_try.h"

#include <dlfcn.h>
#include <security/pam_appl.h>

#include <cstdlib>
#include <cstring>
#include <ctime>
#include <stdexcept>

namespace twofactor::timing {
namespace {

std::int64_t Now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

struct Talk {
  const std::string& code;
  std::string said;
  std::int64_t asked_at = 0;
  std::int64_t answered_at = 0;
};

int Converse(int count, const pam_message** messages, pam_response** responses, void* data) {
  Talk& talk = *static_cast<Talk*>(data);
  const std::int64_t now = Now();
  auto* replies = static_cast<pam_response*>(
      std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
  bool asked = false;
  for (int i = 0; i < count; ++i) {
    const bool prompt = messages[i]->msg_style == PAM_PROMPT_ECHO_OFF ||
                        messages[i]->msg_style == PAM_PROMPT_ECHO_ON;
    talk.said += std::string(prompt ? "asked '" : "told '") + messages[i]->msg + "', ";
    if (prompt) {
      asked = true;
      talk.asked_at = now;
      replies[i].resp = strdup(talk.code.c_str());
    }
  }
  *responses = replies;
  talk.answered_at = asked ? Now() : talk.answered_at;
  return PAM_SUCCESS;
}

}  // namespace

Try ModuleTry(const std::string& confdir, const std::string& service) {
  if (dlopen(MODULE_PATH, RTLD_NOW | RTLD_LOCAL) == nullptr) {
    throw std::runtime_error(dlerror());
  }
  return [confdir, service](const std::string& name, const std::string& code) {
    Talk talk{code, {}};
    const pam_conv conversation{Converse, &talk};
    pam_handle_t* handle = nullptr;
    if (pam_start_confdir(service.c_str(), name.c_str(), &conversation, confdir.c_str(), &handle) !=
        PAM_SUCCESS) {
      throw std::runtime_error("pam_start");
    }
    const std::int64_t start = Now();
    const int code_of_pam = pam_authenticate(handle, 0);
    const std::int64_t end = Now();
    pam_end(handle, code_of_pam);
    return Seen{talk.said + "returned " + std::to_string(code_of_pam), talk.asked_at - start,
                end - talk.answered_at};
  };
}

}  // namespace twofactor::timing
