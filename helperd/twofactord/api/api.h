#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_API_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_API_H_

#include <memory>
#include <string>

#include "helperd/twofactord/api/audit.h"
#include "helperd/twofactord/api/call.h"
#include "helperd/twofactord/rpc/dispatcher.h"

namespace twofactor {

// Takes every call of the transports through the gate to its method's handler, and records it in
// one audit line, whatever came of it. Not synchronized.
class Api final : public Dispatcher {
 public:
  // Both must outlive it.
  Api(Services& services, Auditor& auditor);
  ~Api() override { services_.store.OnChange(nullptr); }
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  void Dispatch(const std::shared_ptr<Session>& session, const std::string& method,
                nlohmann::json params, Reply reply) override;
  int calls_under_way() const { return calls_under_way_; }

 private:
  Services& services_;
  Auditor& auditor_;
  int calls_under_way_ = 0;
};

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_API_H_
