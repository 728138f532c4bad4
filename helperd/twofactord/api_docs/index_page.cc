#include "helperd/twofactord/api_docs/pages.h"
#include "helperd/twofactord/api_docs/wrapped_lines.h"

namespace twofactor {
namespace {

constexpr const char* kBefore =
    R"(# The methods of twofactord

These pages are made from the definitions that the daemon checks calls with.
`cmake --build build/dev --target api_docs` writes them, and a test fails if they are out of date.
`core.get_methods` answers the same schemas. twofactor-api(7) says how to connect, who may do what,
and what the errors mean.

| method | what it does | who may call it |
| --- | --- | --- |
)";

constexpr const char* kAfter =
    R"(
The page of each method has its rule in full. Admins are callers with the role FULL_ADMIN or
READONLY_ADMIN.

For all methods:

- Schemas are JSON Schema 2020-12. Lengths count characters. An integer is a number that is written
  without a fraction. Formats are checked. A rule that JSON Schema cannot express is in `$comment`,
  and is checked, too.
- A call reports all of its validation errors at once: `data.extra` of error -32602 has a row
  `[attribute, what is wrong, errno]` for each.
- Every field of an answer is always present, unless the page says otherwise. A `default` in an
  answer comes from the reference.
- Error -32000 means too many calls at once. EFAULT means that something on the machine is broken;
  the daemon's log says more.
)";

}  // namespace

std::string IndexPage() {
  std::string text = kBefore;
  for (const Method& method : MethodTable()) {
    const std::string name(method.name);
    text.append("| [").append(name).append("](").append(name).append(".md) | ");
    text.append(FirstSentence(ContractOf(method.name).description)).append(" | ");
    text.append(RuleOf(method.access).name).append(" |\n");
  }
  return text + kAfter;
}

std::map<std::string, std::string> AllPages() {
  std::map<std::string, std::string> pages = {{"README.md", IndexPage()}};
  for (const Method& method : MethodTable()) {
    pages[std::string(method.name) + ".md"] = WrapLines(MethodPage(method));
  }
  return pages;
}

}  // namespace twofactor
