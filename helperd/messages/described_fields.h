#ifndef TWOFACTOR_HELPERD_MESSAGES_DESCRIBED_FIELDS_H_
#define TWOFACTOR_HELPERD_MESSAGES_DESCRIBED_FIELDS_H_

#include <vector>

#include "helperd/messages/shape.h"

namespace twofactor {

inline constexpr std::int64_t kMaxUid = 4294967294;
// TrueNAS' offset for the IDs of directory users, so that they never collide with local ones.
inline constexpr std::int64_t kDirectoryIdOffset = 100000000;

// Returns the fields of a user's entry that the system knows, in the reference's order and with its
// defaults, bounds and descriptions; these go on to say where a Linux system has the field.
// CheckDescription checks the descriptions of twofactor-accounts against them, and the entry that
// the API returns and documents is made from them. Thread-safe.
const std::vector<Shape::Field>& DescribedFields();

// Returns the fields of a group's entry that the system knows, in the reference's order, and
// `immutable`.
const std::vector<Shape::Field>& GroupEntryFields();

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_MESSAGES_DESCRIBED_FIELDS_H_
