#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_DOCS_PAGES_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_DOCS_PAGES_H_

#include <map>
#include <string>

#include "helperd/twofactord/api/method_contracts.h"

namespace twofactor {

// The documentation page of one method, in Markdown, made from the method table.
std::string MethodPage(const Method& method);
// The list of all of them, and what holds for each.
std::string IndexPage();

// Every page of docs/api/, by its file's name.
std::map<std::string, std::string> AllPages();

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_DOCS_PAGES_H_
