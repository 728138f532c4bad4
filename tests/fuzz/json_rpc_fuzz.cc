// Whatever a stranger sends as a message gets entries, each a call or an error, and every answer
// can be written as one line.
#include <string_view>

#include "helperd/twofactord/rpc/json_rpc.h"
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace twofactor;
  const std::string text(data, data + size);
  const Limits limits;
  const RpcMessage message = ParseMessage(text, limits);
  Claim(!message.entries.empty() && message.entries.size() <= limits.batch_entries);
  for (const RpcEntry& entry : message.entries) {
    Claim(entry.error || entry.params.is_array());
    const nlohmann::json answer =
        entry.error ? MakeErrorAnswer(entry.id, *entry.error) : MakeAnswer(entry.id, entry.params);
    Claim(ToText(answer).find('\n') == std::string::npos);
  }
  return 0;
}
