#ifndef TWOFACTOR_TESTS_PAM_PEER_ROWS_H_
#define TWOFACTOR_TESTS_PAM_PEER_ROWS_H_

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/pam/daemon_process.h"
#include "tests/pam/login.h"

namespace twofactor {

// What a login through one module came to.
struct PeerRow {
  int code;  // As the module returned it.
  std::size_t prompts;
  std::string forwarded;  // The password that a module behind forward_pass gets; after a success.

  friend bool operator==(const PeerRow&, const PeerRow&) = default;
};
std::ostream& operator<<(std::ostream& out, const PeerRow& row);

// One login of a row: what stands on the line, what an earlier module asked for, what is typed.
struct PeerLogin {
  std::string options;
  std::optional<std::string> earlier;
  std::string typed;
};

// Plays each login with a peer's own module on the peer's own file, and with ours once that file
// was imported by the built command line. So a row that neither module gets right shows that the
// driver is wrong, and not the module.
class PeerRowsTest : public testing::Test {
 protected:
  // `peer` is the peer's module with the options that name its file, `format` that file's.
  PeerRowsTest(std::string peer, std::string format);
  void SetUp() override;

  const std::string& file() const { return file_; }
  // Gives the peer this file, and us what an import makes of it; empty: no file, and no user. kNo
  // for a file that has nothing of the user's.
  enum class Import { kYes, kNo };
  void Begin(const std::string& text, Import import = Import::kYes);
  // The same login with both. They have to agree, unless `difference` is the first cell of a row
  // of the migration guide, whose third cell then says why.
  void Play(const PeerLogin& login, const std::string& difference = "");

  virtual std::string Guide() const = 0;

 private:
  PeerRow Run(const std::string& module, const PeerLogin& login) const;

  TempDirectory folder_;
  std::string file_;
  std::string peer_;
  std::string format_;
  DaemonProcess daemon_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_TESTS_PAM_PEER_ROWS_H_
