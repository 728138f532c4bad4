#include "tests/support/store_fixture.h"

#include <unistd.h>

#include <stdexcept>
#include <utility>
#include <vector>

#include "common/otp/totp.h"

namespace twofactor {
namespace {

constexpr SipHashKey kOriginKey = {1, 2};

PublishedDevice CopyOf(const PublishedDevice& device) {
  return {device.username,   device.uid,     device.device,         device.slot, device.generation,
          device.parameters, device.created, device.secret.Clone(), device.kind, device.skew,
          device.first_step, device.bypass,  device.origins};
}

}  // namespace

StoreFixture::StoreFixture(const LoginSettings& initial) : settings(initial) { Restart(); }

void StoreFixture::Enroll(const std::string& name, uid_t uid, const SecretBytes& secret,
                          const OtpParameters& parameters) {
  Commit(name, uid, secret, parameters);
  if (const auto published = publisher_->Publish(vault_.devices.at(name)); !published) {
    throw std::runtime_error(published.error().message());
  }
}

void StoreFixture::AddDevice(const std::string& name, std::uint32_t ordinal,
                             const SecretBytes& secret, const OtpParameters& parameters, int skew) {
  const PublishedDevice& first = vault_.devices.at(name);
  const auto published = publisher_->Publish({.username = first.username,
                                              .uid = first.uid,
                                              .device = ordinal,
                                              .slot = vault_.next_slot++,
                                              .generation = ++vault_.last_generation,
                                              .parameters = parameters,
                                              .created = clock.wall,
                                              .secret = secret.Clone(),
                                              .skew = skew});
  if (!published) {
    throw std::runtime_error(published.error().message());
  }
}

void StoreFixture::Commit(const std::string& name, uid_t uid, const SecretBytes& secret,
                          const OtpParameters& parameters) {
  const std::uint64_t slot = SlotFor(name);
  vault_.devices.erase(name);
  vault_.devices.emplace(
      name, PublishedDevice{Username::Parse(name).value(), uid, 0, slot, ++vault_.last_generation,
                            parameters, clock.wall, secret.Clone()});
}

std::uint64_t StoreFixture::SlotFor(const std::string& name) {
  if (const auto known = vault_.devices.find(name); known != vault_.devices.end()) {
    return known->second.slot;
  }
  if (!vault_.free_slots.empty()) {
    return vault_.free_slots.extract(vault_.free_slots.begin()).value();
  }
  return vault_.next_slot++;
}

void StoreFixture::Unset(const std::string& name) {
  const PublishedDevice device = CopyOf(vault_.devices.at(name));
  CommitRemoval(name);
  publisher_->Withdraw(device.username, device.slot, vault_.last_generation);
}

void StoreFixture::SetBypass(const std::string& name, std::optional<std::chrono::seconds> time) {
  PublishedDevice& device = vault_.devices.at(name);
  device.bypass =
      time ? std::optional(Bypass{clock.wall + *time, clock.boot + *time}) : std::nullopt;
  publisher_->SetBypass(device.slot, device.bypass);
}

void StoreFixture::Know(const std::string& name, const std::vector<std::string>& origins) {
  PublishedDevice& device = vault_.devices.at(name);
  device.origins = {};
  for (std::size_t i = 0; i < origins.size(); ++i) {
    device.origins.at(i) = {HashOrigin(kOriginKey, device.username, origins[i]), DayOf(clock.wall),
                            0};
  }
  publisher_->SetOrigins(device.slot, device.origins);
}

void StoreFixture::CommitRemoval(const std::string& name) {
  vault_.free_slots.insert(vault_.devices.at(name).slot);
  vault_.devices.erase(name);
  ++vault_.last_generation;
}

void StoreFixture::Restart(bool lose_ledger) {
  publisher_.reset();
  if (lose_ledger) {
    unlink(paths().Ledger().c_str());
  }
  std::vector<PublishedDevice> devices;
  for (const auto& [name, device] : vault_.devices) {
    devices.push_back(CopyOf(device));
  }
  const PlainBirthRule rule(clock, settings.window);
  publisher_.emplace(std::move(LiveStorePublisher::Open(paths(), settings, devices,
                                                        vault_.last_generation, rule, kOriginKey))
                         .value());
}

VaultImage StoreFixture::CopyOfVault() const {
  VaultImage copy{{}, vault_.free_slots, vault_.next_slot, vault_.last_generation};
  for (const auto& [name, device] : vault_.devices) {
    copy.devices.emplace(name, CopyOf(device));
  }
  return copy;
}

void StoreFixture::RestartWith(VaultImage vault) {
  vault_ = std::move(vault);
  Restart();
}

Account StoreFixture::AccountOf(const std::string& name) const {
  const auto known = vault_.devices.find(name);
  return {Username::Parse(name).value(), known == vault_.devices.end() ? 4242 : known->second.uid};
}

SecretBytes StoreFixture::CodeOf(const std::string& name, int steps) const {
  const PublishedDevice& device = vault_.devices.at(name);
  const TimeStep step =
      StepAt(clock.wall, device.parameters.interval) + static_cast<TimeStep>(steps);
  return GenerateTotp(device.secret, device.parameters, step).value();
}

Result<Verification> StoreFixture::Verify(const std::string& name, const SecretBytes& code,
                                          const std::string& origin) const {
  LiveStoreReader store = Open();
  return VerifyCode(store, AccountOf(name), TypedCode(code), clock, {.origin = origin});
}

LiveStoreReader StoreFixture::Open() const {
  return std::move(LiveStoreReader::Open(paths())).value();
}

SecretBytes RfcSecret() { return SecretBytes::CopyOf("12345678901234567890"); }

}  // namespace twofactor
