#ifndef TWOFACTOR_CLI_IMPORT_ACCOUNT_NAME_H_
#define TWOFACTOR_CLI_IMPORT_ACCOUNT_NAME_H_

#include <string>
#include <string_view>

namespace twofactor {

// The name of the user that an app's entry is for. Which users there are does not matter: a rule
// that took the next best one could give somebody another one's secret.
//
//   "Issuer:alice@host"        what stands before the first ':' is the issuer
//   "alice@host"               what stands after the last '@' is the place: alice
//   "alice-HOST@product"       and "-HOST" too where HOST is this machine's name (`host`)
//
// A name that holds a ':' or '@' itself needs --user. Pure.
std::string UserOfAccount(std::string_view account, std::string_view host);

// The issuer that stands before the first ':' of `label`, empty without.
std::string IssuerOfLabel(std::string_view label);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_ACCOUNT_NAME_H_
