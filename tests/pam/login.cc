#include "tests/pam/login.h"

#include <security/pam_appl.h>
#include <sys/stat.h>

#include <cstdlib>
#include <cstring>
#include <utility>

namespace twofactor {
namespace {

struct Talk {
  std::deque<std::string> answers;
  PamStack::Outcome* outcome;
  const std::function<void()>& on_prompt;
};

int Converse(int count, const pam_message** messages, pam_response** responses, void* data) {
  Talk& talk = *static_cast<Talk*>(data);
  auto* replies = static_cast<pam_response*>(
      std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
  for (int i = 0; i < count; ++i) {
    const bool prompt = messages[i]->msg_style == PAM_PROMPT_ECHO_OFF ||
                        messages[i]->msg_style == PAM_PROMPT_ECHO_ON;
    (prompt ? talk.outcome->prompts : talk.outcome->messages).emplace_back(messages[i]->msg);
    if (!prompt) {
      continue;
    }
    if (talk.answers.empty()) {
      std::free(replies);
      return PAM_CONV_ERR;
    }
    talk.on_prompt();
    replies[i].resp = strdup(talk.answers.front().c_str());
    talk.answers.pop_front();
  }
  *responses = replies;
  return PAM_SUCCESS;
}

}  // namespace

PamStack::PamStack(const std::string& lines) {
  std::string text = lines;
  for (std::size_t at = text.find("MODULE"); at != std::string::npos;
       at = text.find("MODULE", at)) {
    text.replace(at, std::strlen("MODULE"), MODULE_PATH);
  }
  for (const char* service : {"test", "sshd"}) {
    WriteFile(confdir_ / service, text + "\n");
    // As in /etc/pam.d: applications that do not run as root read it, too.
    chmod((confdir_ / service).c_str(), 0644);
  }
}

void PamStack::ComeFrom(std::string remote_host, std::string terminal) {
  remote_host_ = std::move(remote_host);
  terminal_ = std::move(terminal);
}

PamStack::Outcome PamStack::Login(const std::string& user, std::deque<std::string> answers,
                                  int flags, const char* service) const {
  Outcome outcome{};
  Talk talk{std::move(answers), &outcome, on_prompt_};
  const pam_conv conversation{Converse, &talk};
  pam_handle_t* handle = nullptr;
  outcome.code =
      pam_start_confdir(service, user.c_str(), &conversation, confdir_.path().c_str(), &handle);
  if (outcome.code == PAM_SUCCESS) {
    for (const auto& [item, text] : {std::pair{PAM_RHOST, remote_host_}, {PAM_TTY, terminal_}}) {
      if (!text.empty()) {
        pam_set_item(handle, item, text.c_str());
      }
    }
    on_start_();
    outcome.code = pam_authenticate(handle, flags);
  }
  pam_end(handle, outcome.code);
  return outcome;
}

}  // namespace twofactor
