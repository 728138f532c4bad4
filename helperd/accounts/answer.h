#ifndef TWOFACTOR_HELPERD_ACCOUNTS_ANSWER_H_
#define TWOFACTOR_HELPERD_ACCOUNTS_ANSWER_H_

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "helperd/accounts/progress.h"
#include "helperd/accounts/system_layout.h"
#include "helperd/messages/accounts_messages.h"

namespace twofactor {

// Answers one request from the system's own sources. Blocks while they do, so it runs in a worker
// that can be killed. Reports each source to `progress`.
Result<nlohmann::json> Answer(const AccountsRequest& request, const SystemLayout& layout,
                              Progress& progress);

// Does the same from and to the text of a line, without and with its end. An answer that would be
// longer than kMaxAccountsAnswerBytes becomes an error.
std::string AnswerLine(std::string_view request, const SystemLayout& layout, Progress& progress);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_ACCOUNTS_ANSWER_H_
