#include "tests/bench/pam_login.h"

#include <security/pam_appl.h>

#include <cstdlib>
#include <cstring>
#include <ctime>

namespace twofactor::bench {
namespace {

int Converse(int count, const pam_message** messages, pam_response** responses, void* data) {
  const auto& code = *static_cast<const std::string*>(data);
  auto* replies = static_cast<pam_response*>(
      std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
  for (int i = 0; i < count; ++i) {
    const int style = messages[i]->msg_style;
    if (style == PAM_PROMPT_ECHO_OFF || style == PAM_PROMPT_ECHO_ON) {
      replies[i].resp = strdup(code.c_str());
    }
  }
  *responses = replies;
  return PAM_SUCCESS;
}

}  // namespace

LoginResult LogIn(const std::string& confdir, const std::string& service, const Attempt& attempt) {
  std::string code = attempt.code;
  const pam_conv conversation{Converse, &code};
  const std::int64_t start = NowNanoseconds();
  pam_handle_t* handle = nullptr;
  int status = pam_start_confdir(service.c_str(), attempt.user.c_str(), &conversation,
                                 confdir.c_str(), &handle);
  if (status == PAM_SUCCESS) {
    status = pam_authenticate(handle, 0);
  }
  pam_end(handle, status);
  return {status, NowNanoseconds() - start};
}

std::int64_t NowNanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace twofactor::bench
