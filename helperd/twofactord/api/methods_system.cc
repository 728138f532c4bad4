#include "helperd/twofactord/api/methods.h"
#include "helperd/twofactord/api/system_facts.h"

// What TrueNAS' clients ask of the machine.
namespace twofactor::methods {

void SystemVersion(const CallPtr& call) { call->Answer(ProductAndVersion()); }
void SystemHostname(const CallPtr& call) { call->Answer(HostName()); }
void SystemInformation(const CallPtr& call) { call->Answer(SystemInfo(call->services.clock)); }

}  // namespace twofactor::methods
