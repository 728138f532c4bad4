#include <security/pam_modules.h>

#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "pam_module/authenticator.h"
#include "pam_module/factor_source.h"
#include "pam_module/pam_host.h"

#ifdef TWOFACTOR_OWN_LIBSTDCXX
// libstdc++'s own, in no header (libsupc++/eh_alloc.cc): frees the memory that it keeps for
// exceptions when there is none left.
namespace __gnu_cxx {
void __freeres();  // NOLINT(bugprone-reserved-identifier): its name is libstdc++'s.
}

// libpam loads this module for a login and unloads it. libstdc++, linked in statically, takes 73 kB
// at each load and would leave them to the host.
__attribute__((destructor)) static void LeaveNothingBehind() { __gnu_cxx::__freeres(); }
#endif

namespace twofactor {
namespace {

constexpr std::string_view kNoMemory = "the program has no memory left";

int PamCodeOf(LoginOutcome outcome) {
  switch (outcome) {
    case LoginOutcome::kSuccess:
      return PAM_SUCCESS;
    case LoginOutcome::kIgnore:
      return PAM_IGNORE;
    case LoginOutcome::kAuthError:
      return PAM_AUTH_ERR;
    case LoginOutcome::kUserUnknown:
      return PAM_USER_UNKNOWN;
    case LoginOutcome::kMaxTries:
      return PAM_MAXTRIES;
    case LoginOutcome::kUnavailable:
      return PAM_AUTHINFO_UNAVAIL;
    case LoginOutcome::kConversationFailed:
      return PAM_CONV_ERR;
    case LoginOutcome::kBadOption:
      return PAM_SERVICE_ERR;
    case LoginOutcome::kExhausted:
      return PAM_BUF_ERR;
  }
  return PAM_AUTH_ERR;
}

int AuthenticateWith(PamHost& host, int argc, const char** argv) {
  const SystemClock clock;
  const OpenSource open_source = [&clock](const ModuleOptions& options) {
    return OpenFactorSource(RunPaths(options.run_directory), clock, options.timeout);
  };
  const OpenDaemon open_daemon = [](const ModuleOptions& options) {
    return MakeLoginDaemon(RunPaths(options.run_directory), options.timeout);
  };
  return PamCodeOf(
      Authenticate(host, std::vector<std::string>(argv, argv + argc), open_source, open_daemon));
}

// Makes what the thread keeps of exceptions, which is allocated when it is first needed.
void PrepareToThrow() noexcept {
  volatile int under_way = std::uncaught_exceptions();
  static_cast<void>(under_way);
}

// Nothing may be thrown into a program that is not ours, and no attempt end without a record.
int WithoutExceptions(pam_handle_t* handle, int flags, int argc, const char** argv) noexcept {
  // Before all else: a descriptor that the record goes through.
  PamHost host(handle, flags);
  if (!PamHost::HasMemory()) {
    host.RecordBroken(kNoMemory);
    return PAM_BUF_ERR;
  }
  PrepareToThrow();
  try {
    return AuthenticateWith(host, argc, argv);
  } catch (const std::bad_alloc&) {
    host.RecordBroken(kNoMemory);
    return PAM_BUF_ERR;
  } catch (...) {
    host.RecordBroken("a fault of the module");
    return PAM_SYSTEM_ERR;
  }
}

}  // namespace
}  // namespace twofactor

extern "C" {

__attribute__((visibility("default"))) int pam_sm_authenticate(pam_handle_t* handle, int flags,
                                                               int argc, const char** argv) {
  return twofactor::WithoutExceptions(handle, flags, argc, argv);
}

__attribute__((visibility("default"))) int pam_sm_setcred(pam_handle_t*, int, int, const char**) {
  return PAM_SUCCESS;
}

}  // extern "C"
