#include <string_view>

#include "helperd/twofactord/api_docs/pages.h"
#include "helperd/twofactord/api_docs/wrapped_lines.h"

namespace twofactor {
namespace {

constexpr const char* kBefore =
    R"(# The methods of twofactord

These pages are made from the definitions that the daemon checks calls with:
`cmake --build build/dev --target api_docs` writes them, and a test fails where they are not what it
would write. The same schemas come from `core.get_methods`. How to connect, who may do what, and the
errors are in twofactor-api(7).

| method | what it does | required roles |
| --- | --- | --- |
)";

constexpr const char* kAfter =
    R"(
What holds for all of them:

- Schemas are JSON Schema 2020-12. Lengths count characters; an integer is a number that is written
  without a fraction; formats are checked. What a schema has no words for is in its `$comment`, and
  is checked too.
- All faults of one call are reported at once: `data.extra` of error -32602 has a row
  `[attribute, what is wrong, errno]` for each.
- Every field of an answer is always there, unless the page says otherwise; a `default` in an answer
  is the reference's.
- -32000 is answered where there are too many calls at once, and EFAULT for a fault of the machine,
  whose log then says more.
)";

// Up to the end of the first sentence.
std::string_view FirstSentence(std::string_view text) {
  const std::size_t end = text.find_first_of(".?", text.find(' '));
  for (std::size_t i = end; i != std::string_view::npos; i = text.find_first_of(".?", i + 1)) {
    if (i + 1 == text.size() || text[i + 1] == ' ' || text[i + 1] == '\n') {
      return text.substr(0, i + 1);
    }
  }
  return text;
}

}  // namespace

std::string IndexPage() {
  std::string text = kBefore;
  for (const Method& method : MethodTable()) {
    const std::string name(method.name);
    text.append("| [").append(name).append("](").append(name).append(".md) | ");
    text += FirstSentence(method.description);
    text += " |";
    for (const std::string& role : RolesFor(method.access)) {
      text += " " + role;
    }
    text += " |\n";
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
