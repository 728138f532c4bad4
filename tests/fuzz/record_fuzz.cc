// A record of the live store, as the module reads it: whatever its bytes are, what comes out is
// within the bounds that code is made with. The first byte says which copies get a right checksum,
// which chance would not find.
#include <algorithm>
#include <cstring>

#include "common/livestore/reader.h"
#include "tests/fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace twofactor;
  if (size == 0) {
    return 0;
  }
  constexpr std::uint64_t kSlot = 3;
  layout::RecordSlot slot{};
  const auto bytes = layout::MutableBytesOf(slot);
  std::memcpy(bytes.data(), data + 1, std::min(size - 1, bytes.size()));
  for (unsigned copy = 0; copy < 2; ++copy) {
    if ((data[0] >> copy & 1) != 0) {
      slot.copies[copy].checksum = layout::ChecksumOf(slot.copies[copy], kSlot);
    }
  }
  const auto record = DecodeRecord(slot, kSlot, *Username::Parse("alice"));
  if (record && *record) {
    const OtpParameters& parameters = (*record)->parameters;
    Claim(parameters.digits >= kMinDigits && parameters.digits <= kMaxDigits);
    Claim(parameters.interval >= kMinInterval && parameters.interval <= kMaxInterval);
    Claim((*record)->secret.size() <= kMaxSecretBytes);
    // Of what the daemon alone uses, the live store holds no secret.
    Claim((*record)->secret.empty() == ((*record)->kind != DeviceKind::kTotp));
  }
  return 0;
}
