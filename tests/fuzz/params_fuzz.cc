// The parameters of every method, over the real methods and stores: an input is a list of calls,
// each a byte for the method, one for the caller, and bytes of which its parameters are made as its
// schema has them, now and then as it has not. Every answer has the shape that the method's page
// promises, every refusal is among the promised.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "helperd/twofactord/api/method_contracts.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/unit/api/api_fixture.h"

namespace twofactor {
namespace {

using nlohmann::json;

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  bool empty() const { return size_ == 0; }
  // Zero at the end.
  std::uint8_t Next() {
    if (size_ == 0) {
      return 0;
    }
    --size_;
    return *data_++;
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
};

json AnyValue(Bytes& bytes) {
  switch (bytes.Next() % 8) {
    case 0:
      return nullptr;
    case 1:
      return bytes.Next() % 2 == 0;
    case 2:
      return -std::int64_t{bytes.Next()};
    case 3:
      return std::uint64_t{1} << (bytes.Next() % 64);
    case 4:
      return 0.5 * bytes.Next();
    case 5:
      return std::string(bytes.Next(), 'x');
    case 6:
      return json::array({bytes.Next()});
    default:
      return json::object({{"x", bytes.Next()}});
  }
}

json StringOf(Bytes& bytes) {
  constexpr std::array kTexts = {"alice",          "bob",
                                 "root",           "nobody",
                                 "TOTP",           "HOTP",
                                 "phone",          "",
                                 "000000",         "login",
                                 "sshd",           "SHA256",
                                 "username",       "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
                                 "abcd-efgh-ijkm", "OTP_TOKEN"};
  const std::uint8_t choice = bytes.Next();
  if (choice < 200) {
    return kTexts[choice % kTexts.size()];
  }
  std::string text;
  for (int i = choice - 200; i > 0; --i) {
    text += static_cast<char>(bytes.Next() & 0x7F);
  }
  return text;
}

json ValueOf(const nlohmann::ordered_json& schema, Bytes& bytes, int depth);

json ObjectOf(const nlohmann::ordered_json& schema, Bytes& bytes, int depth) {
  json object = json::object();
  if (schema.contains("properties")) {
    const auto required = schema.value("required", nlohmann::ordered_json::array());
    for (const auto& [key, property] : schema["properties"].items()) {
      const bool needed = std::find(required.begin(), required.end(), key) != required.end();
      if (needed || bytes.Next() % 2 == 0) {
        object[key] = ValueOf(property, bytes, depth + 1);
      }
    }
  }
  return object;
}

json ArrayOf(const nlohmann::ordered_json& schema, Bytes& bytes, int depth) {
  json array = json::array();
  if (schema.contains("prefixItems")) {
    for (const auto& item : schema["prefixItems"]) {
      array.push_back(ValueOf(item, bytes, depth + 1));
    }
  } else if (schema.contains("items") && schema["items"].is_object()) {
    for (int i = bytes.Next() % 4; i > 0; --i) {
      array.push_back(ValueOf(schema["items"], bytes, depth + 1));
    }
  }
  return array;
}

json IntegerOf(const nlohmann::ordered_json& schema, Bytes& bytes) {
  const std::int64_t least = schema.value("minimum", std::int64_t{0});
  const std::uint8_t step = bytes.Next();
  if (step == 255 && schema.contains("maximum")) {
    return schema["maximum"];
  }
  return least + step % 32 - (step > 250 ? 40 : 0);
}

json ValueOf(const nlohmann::ordered_json& schema, Bytes& bytes, int depth) {
  if (depth > 8 || bytes.Next() > 245) {
    return AnyValue(bytes);
  }
  for (const char* choices : {"anyOf", "oneOf"}) {
    if (schema.contains(choices)) {
      const auto& list = schema[choices];
      return ValueOf(list[bytes.Next() % list.size()], bytes, depth + 1);
    }
  }
  if (schema.contains("const")) {
    return schema["const"];
  }
  if (schema.contains("enum")) {
    return schema["enum"][bytes.Next() % schema["enum"].size()];
  }
  const std::string type = schema.contains("type") && schema["type"].is_string()
                               ? schema["type"].get<std::string>()
                               : "";
  if (type == "string") {
    return StringOf(bytes);
  }
  if (type == "integer") {
    return IntegerOf(schema, bytes);
  }
  if (type == "boolean") {
    return bytes.Next() % 2 == 0;
  }
  if (type == "object") {
    return ObjectOf(schema, bytes, depth);
  }
  return type == "array" ? ArrayOf(schema, bytes, depth) : AnyValue(bytes);
}

class Daemon final : public ApiFixture {
 public:
  void TestBody() override {}

  void CallAll(Bytes bytes) {
    constexpr std::array<uid_t, 5> kCallers = {0, kAlice, kAdmin, kReader, kNameless};
    std::array<Peer, kCallers.size()> peers;
    for (std::size_t i = 0; i < peers.size(); ++i) {
      peers[i] = Connect(kCallers[i]);
    }
    for (int calls = 0; calls < 8 && !bytes.empty(); ++calls) {
      const auto& contracts = MethodContracts();
      const MethodContract& method = contracts[bytes.Next() % contracts.size()];
      const Peer& peer = peers[bytes.Next() % peers.size()];
      const json params = ArrayOf(ParamsSchema(method.parameters), bytes, 0);
      static_cast<void>(Call(peer, std::string(method.name), params));
    }
  }
};

}  // namespace
}  // namespace twofactor

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The stores are made anew for each input: not on a disk, where there is a choice.
  static const bool ready = [] {
    GTEST_FLAG_SET(throw_on_failure, true);
    return setenv("TMPDIR", "/dev/shm", 0) == 0;
  }();
  twofactor::Claim(ready);
  twofactor::Daemon().CallAll({data, size});
  return 0;
}
