#include "helperd/twofactord/rpc/peer_share.h"

#include <utility>

namespace twofactor {

PeerShare::PeerShare(std::shared_ptr<PeerUsage> usage, PeerUsage::Use& use)
    : usage_(std::move(usage)), use_(use) {
  ++usage_->connections_;
  ++use_.connections;
}

PeerShare::~PeerShare() {
  --usage_->connections_;
  --use_.connections;
  use_.calls -= calls_;
  use_.message_bytes -= message_bytes_;
  use_.output_bytes -= output_bytes_;
}

bool PeerShare::AddCall(Moment now) {
  const Limits& limits = usage_->limits_;
  if (calls_ >= limits.calls_per_connection ||
      (use_.bound && (use_.calls >= limits.calls_per_uid || use_.seconds.IsExhausted(now) ||
                      !use_.call_budget.Take(now)))) {
    return false;
  }
  ++calls_;
  ++use_.calls;
  return true;
}

void PeerShare::RemoveCall() {
  --calls_;
  --use_.calls;
}

bool PeerShare::AddMessage(std::size_t bytes) {
  if (use_.bound && use_.message_bytes + bytes > usage_->limits_.message_bytes_per_uid) {
    return false;
  }
  message_bytes_ += bytes;
  use_.message_bytes += bytes;
  return true;
}

void PeerShare::RemoveMessage(std::size_t bytes) {
  message_bytes_ -= bytes;
  use_.message_bytes -= bytes;
}

bool PeerShare::AddOutput(std::size_t bytes) {
  output_bytes_ += bytes;
  use_.output_bytes += bytes;
  const Limits& limits = usage_->limits_;
  return output_bytes_ <= limits.output_bytes &&
         (!use_.bound || use_.output_bytes <= limits.output_bytes_per_uid);
}

void PeerShare::RemoveOutput(std::size_t bytes) {
  output_bytes_ -= bytes;
  use_.output_bytes -= bytes;
}

bool PeerShare::HasEnoughOutput() const {
  return output_bytes_ > usage_->limits_.output_pause_bytes;
}

void PeerShare::Charge(std::chrono::nanoseconds used, Moment now) {
  use_.seconds.Charge(std::chrono::duration<double>(used).count(), now);
}

std::chrono::milliseconds PeerShare::Debt(Moment now) const {
  return use_.bound ? use_.seconds.Debt(now) : std::chrono::milliseconds(0);
}

}  // namespace twofactor
