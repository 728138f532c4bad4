#ifndef TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_EQUAL_DEVICES_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_EQUAL_DEVICES_H_

#include <string>
#include <vector>

#include "common/base/result.h"
#include "helperd/twofactord/factor/factor_store.h"

// Devices of one user that come in with one secret, from a file or from a backup of a machine that
// still allowed it. One of them stays. Pure functions.
namespace twofactor {

// Takes those out that make the codes of one before, which goes on from the later of the two; says
// which, and nothing where there was none. Fails with kInvalidParams, naming both, where two
// devices make different codes of one secret: nobody can tell which of them the user has.
Result<std::string> TakeOutEqualDevices(std::vector<ImportedDevice>& devices);

// The same of a backup's, which never fails: the device that was used latest stays.
std::string TakeOutEqualDevices(std::vector<BackedUpDevice>& devices);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_FACTOR_EQUAL_DEVICES_H_
