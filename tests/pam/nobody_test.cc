// The module asks for nobody in the place of a user whom the system does not know. A daemon that
// refused that question would tell a host that is not root, and whoever logs in there, that there
// is no such user.
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
