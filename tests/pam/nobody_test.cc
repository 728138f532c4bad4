// For a user that the system does not know, the module asks the daemon about a decoy account. If
// the daemon refused, it would reveal to an application that does not run as root, and to whoever
// logs in there, that the user does not exist.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "helperd/twofactord/api/method_contracts.h"
#include "pam_module/authenticator.h"

namespace twofactor {
namespace {

using nlohmann::json;

TEST(NobodyTest, DaemonTakesTheQuestionAboutNobody) {
  const Account nobody = NobodysAccount();
  const json state = json::array({nobody.name.text(), nobody.uid, "vlock"});
  json verify = state;
  verify.push_back(json::array({"123456"}));
  verify.push_back(true);
  EXPECT_TRUE(CheckParams(ContractOf("pam.state").parameters, state));
  EXPECT_TRUE(CheckParams(ContractOf("pam.verify").parameters, verify));
}

}  // namespace
}  // namespace twofactor
