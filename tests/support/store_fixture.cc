#include "tests/support/store_fixture.h"

#include <unistd.h>

#include <stdexcept>
#include <utility>
#include <vector>

#include "common/otp/totp.h"

namespace twofactor {

StoreFixture::StoreFixture(const LoginSettings& initial) : settings(initial) { Restart(); }

void StoreFixture::Enroll(const std::string& name, uid_t uid, const SecretBytes& secret,
                          const OtpParameters& parameters) {
  const auto known = devices_.find(name);
  const std::uint64_t slot = known == devices_.end() ? next_slot_++ : known->second.slot;
  PublishedDevice device{Username::Parse(name).value(),
                         uid,
                         0,
                         slot,
                         next_generation_++,
                         parameters,
                         clock.wall,
                         secret.Clone()};
  if (const auto published = publisher_->Publish(device); !published) {
    throw std::runtime_error(published.error().message());
  }
  devices_.erase(name);
  devices_.emplace(name, std::move(device));
}

void StoreFixture::Unset(const std::string& name) {
  const PublishedDevice& device = devices_.at(name);
  publisher_->Withdraw(device.username, device.device, device.slot, next_generation_++);
  devices_.erase(name);
}

void StoreFixture::Restart(bool lose_ledger) {
  publisher_.reset();
  if (lose_ledger) {
    unlink(paths().Ledger().c_str());
  }
  std::vector<PublishedDevice> devices;
  for (const auto& [name, device] : devices_) {
    devices.push_back(CopyOf(device));
  }
  const PlainBirthRule rule(clock, settings.window);
  publisher_.emplace(std::move(LiveStorePublisher::Open(paths(), settings, devices, rule)).value());
}

PublishedDevice StoreFixture::CopyOf(const PublishedDevice& device) const {
  return {device.username,   device.uid,        device.device,  device.slot,
          device.generation, device.parameters, device.created, device.secret.Clone()};
}

Account StoreFixture::AccountOf(const std::string& name) const {
  const auto known = devices_.find(name);
  return {Username::Parse(name).value(), known == devices_.end() ? 4242 : known->second.uid};
}

SecretBytes StoreFixture::CodeOf(const std::string& name, int steps) const {
  const PublishedDevice& device = devices_.at(name);
  const TimeStep step =
      StepAt(clock.wall, device.parameters.interval) + static_cast<TimeStep>(steps);
  return GenerateTotp(device.secret, device.parameters, step).value();
}

Result<Verification> StoreFixture::Verify(const std::string& name, const SecretBytes& code) const {
  LiveStoreReader store = Open();
  return VerifyCode(store, AccountOf(name), code, clock);
}

LiveStoreReader StoreFixture::Open() const {
  return std::move(LiveStoreReader::Open(paths())).value();
}

SecretBytes RfcSecret() { return SecretBytes::CopyOf("12345678901234567890"); }

}  // namespace twofactor
