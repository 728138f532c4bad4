// A host of libpam that keeps nothing of what is typed, and ends with abort(3): what is in its core
// file is what libpam and the modules left behind.
//
//   crashing_host CONFDIR SERVICE USER return|prompt|keep < answers
//
//   return   it aborts after pam_authenticate has returned
//   prompt   it aborts when it is asked, so inside of the module
//   keep     as return, but the host itself keeps what was typed last: a search must find that
//
// Each line of standard input answers one prompt. The number of the return code goes to standard
// output.
#include <security/pam_appl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

constexpr std::size_t kLongestAnswer = 512;

struct Host {
  std::string_view crash;
  char kept[kLongestAnswer] = {};
};

bool IsPrompt(int style) { return style == PAM_PROMPT_ECHO_OFF || style == PAM_PROMPT_ECHO_ON; }

// Byte by byte into what the module frees, since a buffer of the C library would keep the line.
char* ReadAnswer() {
  auto* answer = static_cast<char*>(std::calloc(1, kLongestAnswer));
  for (std::size_t i = 0; i + 1 < kLongestAnswer && read(STDIN_FILENO, &answer[i], 1) == 1; ++i) {
    if (answer[i] == '\n') {
      answer[i] = '\0';
      return answer;
    }
  }
  std::free(answer);
  return nullptr;
}

int Converse(int count, const pam_message** messages, pam_response** responses, void* data) {
  auto* host = static_cast<Host*>(data);
  auto* answers = static_cast<pam_response*>(
      std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
  for (int i = 0; i < count; ++i) {
    if (!IsPrompt(messages[i]->msg_style)) {
      continue;
    }
    if (host->crash == "prompt") {
      std::abort();
    }
    answers[i].resp = ReadAnswer();
    if (answers[i].resp == nullptr) {
      std::free(answers);
      return PAM_CONV_ERR;
    }
    if (host->crash == "keep") {
      std::memcpy(host->kept, answers[i].resp, kLongestAnswer);
    }
  }
  *responses = answers;
  return PAM_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: crashing_host CONFDIR SERVICE USER return|prompt|keep < answers\n", stderr);
    return 2;
  }
  Host host{argv[4]};
  const pam_conv conversation{Converse, &host};
  pam_handle_t* handle = nullptr;
  int code = pam_start_confdir(argv[2], argv[3], &conversation, argv[1], &handle);
  if (code == PAM_SUCCESS) {
    code = pam_authenticate(handle, 0);
  }
  std::printf("%d\n", code);
  std::fflush(stdout);
  std::abort();
}
