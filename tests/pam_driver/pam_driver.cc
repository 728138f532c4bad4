// Runs one login through libpam and prints what it says.
//
//   pam_driver --confdir DIR --service NAME --user NAME [--rhost HOST] < answers
//
// Each line of standard input answers one prompt. Prompts and messages go to standard output, the
// last line is the name of the return code. Exit status: 0 for PAM_SUCCESS, 1 for any other, 2 for
// a wrong use.
#include <security/pam_appl.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <string_view>

namespace {

constexpr int kUsageError = 2;

std::string_view CodeName(int code) {
  switch (code) {
    case PAM_SUCCESS:
      return "PAM_SUCCESS";
    case PAM_AUTH_ERR:
      return "PAM_AUTH_ERR";
    case PAM_AUTHINFO_UNAVAIL:
      return "PAM_AUTHINFO_UNAVAIL";
    case PAM_IGNORE:
      return "PAM_IGNORE";
    case PAM_USER_UNKNOWN:
      return "PAM_USER_UNKNOWN";
    case PAM_MAXTRIES:
      return "PAM_MAXTRIES";
    case PAM_CONV_ERR:
      return "PAM_CONV_ERR";
    case PAM_BUF_ERR:
      return "PAM_BUF_ERR";
    case PAM_SERVICE_ERR:
      return "PAM_SERVICE_ERR";
    case PAM_PERM_DENIED:
      return "PAM_PERM_DENIED";
    case PAM_MODULE_UNKNOWN:
      return "PAM_MODULE_UNKNOWN";
    default:
      return "another code";
  }
}

bool IsPrompt(int style) { return style == PAM_PROMPT_ECHO_OFF || style == PAM_PROMPT_ECHO_ON; }

int Converse(int count, const pam_message** messages, pam_response** responses, void*) {
  auto* answers = static_cast<pam_response*>(
      std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
  for (int i = 0; i < count; ++i) {
    std::cout << messages[i]->msg << '\n';
    std::string line;
    if (IsPrompt(messages[i]->msg_style) && !std::getline(std::cin, line)) {
      std::free(answers);
      return PAM_CONV_ERR;
    }
    answers[i].resp = IsPrompt(messages[i]->msg_style) ? strdup(line.c_str()) : nullptr;
  }
  *responses = answers;
  return PAM_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  std::string confdir;
  std::string service;
  std::string user;
  std::string rhost;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    (name == "--confdir"   ? confdir
     : name == "--service" ? service
     : name == "--rhost"   ? rhost
                           : user) = argv[i + 1];
  }
  if (confdir.empty() || service.empty() || user.empty()) {
    std::cerr
        << "usage: pam_driver --confdir DIR --service NAME --user NAME [--rhost HOST] < answers\n";
    return kUsageError;
  }
  const pam_conv conversation{Converse, nullptr};
  pam_handle_t* handle = nullptr;
  int code =
      pam_start_confdir(service.c_str(), user.c_str(), &conversation, confdir.c_str(), &handle);
  if (code == PAM_SUCCESS && !rhost.empty()) {
    code = pam_set_item(handle, PAM_RHOST, rhost.c_str());
  }
  if (code == PAM_SUCCESS) {
    code = pam_authenticate(handle, 0);
  }
  pam_end(handle, code);
  std::cout << CodeName(code) << '\n';
  return code == PAM_SUCCESS ? EXIT_SUCCESS : EXIT_FAILURE;
}
