#ifndef TWOFACTOR_CLI_IMPORT_ACCOUNT_NAME_H_
#define TWOFACTOR_CLI_IMPORT_ACCOUNT_NAME_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace twofactor {

// The names that an app's entry may be of, the one that cuts least first: the label itself, then
// what stands behind each ':' (an issuer may hold one), each of them as it is, without the place
// behind its last '@', and without "-HOST" where HOST is this machine's name (`host`), with or
// without its domain. Pure.
std::vector<std::string> NamesOfAccount(std::string_view account, std::string_view host);

// The name where the system knows none of those: what UserOfAccount has always made of a label.
//
//   "Issuer:alice@host"        what stands before the first ':' is the issuer, or `issuer` itself
//   "alice@host"               what stands after the last '@' is the place: alice
//   "alice-HOST@product"       and "-HOST" too where HOST is this machine's name (`host`)
//
// Pure.
std::string UserOfAccount(std::string_view account, std::string_view host,
                          std::string_view issuer = {});

// The user that an app's entry is of: the first of NamesOfAccount that `knows` has, else
// UserOfAccount. The exact name goes first, so that nobody gets the secret of a user whose name
// begins with theirs.
std::string KnownUserOfAccount(std::string_view account, std::string_view host,
                               std::string_view issuer,
                               const std::function<bool(const std::string&)>& knows);

// The issuer that stands before the first ':' of `label`, empty without.
std::string IssuerOfLabel(std::string_view label);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_ACCOUNT_NAME_H_
