#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_DOCS_WRAPPED_LINES_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_DOCS_WRAPPED_LINES_H_

#include <string>
#include <string_view>

namespace twofactor {

// The Markdown of a page with its lines broken at blanks, so that they have at most 100 characters.
// What means something else when it is broken stays as it is: code blocks, tables and headings. A
// pure function.
std::string WrapLines(std::string_view markdown);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_DOCS_WRAPPED_LINES_H_
