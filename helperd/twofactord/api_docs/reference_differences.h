#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_DOCS_REFERENCE_DIFFERENCES_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_DOCS_REFERENCE_DIFFERENCES_H_

#include <string>
#include <vector>

namespace twofactor {

// Where user.renew_2fa_secret is deliberately not what the reference's text says. A test finds
// exactly these differences, and the method's page explains them.
struct ReferenceDifference {
  std::string path;  // "twofactor_options.interval"
  std::string what;  // "type is …", "description"
  std::string why;
};

const std::vector<ReferenceDifference>& ReferenceDifferences();

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_DOCS_REFERENCE_DIFFERENCES_H_
