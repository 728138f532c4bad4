#ifndef TWOFACTOR_COMMON_BASE_AUDIT_EVENT_H_
#define TWOFACTOR_COMMON_BASE_AUDIT_EVENT_H_

#include <array>

namespace twofactor {

// A kind of decision in the audit trail. Both members are a stable interface. message_id is the
// journal's MESSAGE_ID (32 hex digits), which systemd/twofactor.catalog explains. An ID is never
// reused for another kind.
struct AuditEvent {
  const char* name;
  const char* message_id;
};

namespace audit_event {

// A call of the daemon's API.
inline constexpr AuditEvent kCall{"call", "e50c2bd5a15648e6a87b1ee7de9b25f6"};
// The end of an administrator's bypass, whatever ended it.
inline constexpr AuditEvent kBypassEnded{"bypass-ended", "b6036a8563140927fca4ea27a0e2e8c9"};
// The daemon cannot start, or it has started and accepts no changes.
inline constexpr AuditEvent kCannotStart{"cannot-start", "e0f0b3f82cc2428da34857c9fa814578"};
inline constexpr AuditEvent kReadOnly{"read-only", "49a70612550741338d0837c51be07875"};
// A device was removed when the daemon started, because another device of its user had the same
// secret.
inline constexpr AuditEvent kDeviceMerged{"device-merged", "9d3c1f5e7ab24c6f8e0d42b7615a93ce"};
// The outcomes of a login's second factor.
inline constexpr AuditEvent kAccepted{"accepted", "7191f787cc5a4992b59e4ccffa9be774"};
inline constexpr AuditEvent kRefused{"refused", "cf051714261a41d78302bf25c30a7fee"};
inline constexpr AuditEvent kThrottled{"throttled", "c277fdbab36f4a118829f0d4f0778118"};
inline constexpr AuditEvent kNotAsked{"not-asked", "a21d0bfe1508459fa96034ec8d6879f7"};
inline constexpr AuditEvent kUnavailable{"unavailable", "0f2e7e302bc84174a829d01049d95013"};
inline constexpr AuditEvent kBroken{"broken", "bb039bd381544af3a08b0b925a1b2369"};

inline constexpr std::array kAll = {kCall,     kBypassEnded, kDeviceMerged, kCannotStart,
                                    kReadOnly, kAccepted,    kRefused,      kThrottled,
                                    kNotAsked, kUnavailable, kBroken};

}  // namespace audit_event
}  // namespace twofactor

#endif  // TWOFACTOR_COMMON_BASE_AUDIT_EVENT_H_
