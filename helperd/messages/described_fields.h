#ifndef TWOFACTOR_HELPERD_MESSAGES_DESCRIBED_FIELDS_H_
#define TWOFACTOR_HELPERD_MESSAGES_DESCRIBED_FIELDS_H_

#include <vector>

#include "helperd/messages/shape.h"

namespace twofactor {

inline constexpr std::int64_t kMaxUid = 4294967294;
// TrueNAS' offset for the ids of directory users, so that they never meet a local one.
inline constexpr std::int64_t kDirectoryIdOffset = 100000000;

// The fields of a user's entry that the system knows, in the reference's order and with its
// defaults, bounds and words; what is behind those words tells where a Linux system has the field
// from. twofactor-accounts' descriptions are checked against them (CheckDescription), and the entry
// that the API answers and documents is made from them. Thread-safe.
const std::vector<Shape::Field>& DescribedFields();

// The fields of a group's entry that the system knows, in the reference's order, and `immutable`.
const std::vector<Shape::Field>& GroupEntryFields();

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_MESSAGES_DESCRIBED_FIELDS_H_
