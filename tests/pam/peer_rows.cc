#include "tests/pam/peer_rows.h"

#include <security/pam_appl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <ostream>
#include <utility>

#include "common/base/clock.h"

namespace twofactor {
namespace {

// Whose login it is: every machine has root, and both peers read a file of root's.
constexpr const char* kUser = "root";

}  // namespace

std::ostream& operator<<(std::ostream& out, const PeerRow& row) {
  return out << "code " << row.code << ", prompts " << row.prompts << ", forwarded '"
             << row.forwarded << "'";
}

PeerRowsTest::PeerRowsTest(std::string peer, std::string format)
    : file_(folder_ / "file"), peer_(std::move(peer) + file_), format_(std::move(format)) {}

void PeerRowsTest::SetUp() {
  if (geteuid() != 0) {
    GTEST_SKIP() << "skipped: needs root";
  }
  ASSERT_TRUE(daemon_.Start());
  const std::string script = folder_ / "keep";
  WriteFile(script, "#!/bin/sh\nexec tr -d '\\0' >'" + (folder_ / "forwarded") + "'\n");
  chmod(script.c_str(), 0755);
}

void PeerRowsTest::Begin(const std::string& text, Import import) {
  const std::string control =
      std::string(TWOFACTORCTL) + " --run-dir " + daemon_.paths().directory();
  static_cast<void>(std::system((control + " unset root --yes >/dev/null 2>&1").c_str()));
  unlink(file_.c_str());
  if (text.empty()) {
    return;
  }
  WriteFile(file_, text);
  chmod(file_.c_str(), 0600);
  if (import == Import::kNo) {
    return;
  }
  const std::string command =
      control + " import --replace --user root --format " + format_ + " " + file_ + " >/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
}

PeerRow PeerRowsTest::Run(const std::string& module, const PeerLogin& login) const {
  const bool forwards = login.options.find("forward_pass") != std::string::npos;
  const std::string kept = folder_ / "forwarded";
  unlink(kept.c_str());
  // pam_exec asks for a password where there is none yet, and passes on the one that there is.
  const PamStack stack(
      (login.earlier ? std::string("auth optional pam_exec.so quiet expose_authtok /bin/true\n")
                     : std::string()) +
      "auth [success=ok default=bad] " + module + " " + login.options +
      (forwards ? "\nauth optional pam_exec.so quiet expose_authtok " + (folder_ / "keep") : ""));
  std::deque<std::string> answers;
  if (login.earlier) {
    answers.push_back(*login.earlier);
  }
  answers.push_back(login.typed);
  answers.insert(answers.end(), 2, "asked once more");
  const auto outcome = stack.Login(kUser, answers);
  PeerRow row{outcome.code, outcome.prompts.size() - (login.earlier ? 1 : 0), ""};
  if (row.code == PAM_SUCCESS && forwards) {
    row.forwarded = ReadFile(kept);
  }
  // Where the module fails, the modules behind it may ask, which is none of its prompts.
  if (row.code != PAM_SUCCESS && forwards) {
    row.prompts = 0;
  }
  return row;
}

void PeerRowsTest::Play(const PeerLogin& login, const std::string& difference) {
  const PeerRow theirs = Run(peer_, login);
  const PeerRow ours = Run("MODULE run_dir=" + daemon_.paths().directory(), login);
  const std::string what = "'" + login.options + "', earlier '" + login.earlier.value_or("none") +
                           "', typed '" + login.typed + "'";
  if (difference.empty()) {
    EXPECT_EQ(ours, theirs) << what;
    return;
  }
  EXPECT_NE(ours, theirs) << what << ": is this no difference any more?";
  EXPECT_NE(ReadFile(Guide()).find("\n| " + difference + " |"), std::string::npos)
      << Guide() << " has no row '" << difference << "'";
}

}  // namespace twofactor
