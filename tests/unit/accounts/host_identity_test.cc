#include "helperd/accounts/sources/host_identity.h"

#include <gtest/gtest.h>

namespace twofactor {
namespace {

HostIdentity Host() {
  HostIdentity host;
  host.name = "web1.example.org";
  host.interfaces.push_back({{192, 168, 5, 7}, {255, 255, 255, 0}});
  host.interfaces.push_back({{0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},
                             {255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0}});
  return host;
}

TEST(HostIdentityTest, NameWithADotIsComparedWhole) {
  EXPECT_TRUE(HostnameMatches(Host(), "web1.example.org"));
  EXPECT_TRUE(HostnameMatches(Host(), "*.Example.org"));
  EXPECT_FALSE(HostnameMatches(Host(), "web1.example.com"));
}

TEST(HostIdentityTest, NameWithoutADotIsComparedWithTheFirstPart) {
  EXPECT_TRUE(HostnameMatches(Host(), "web1"));
  EXPECT_TRUE(HostnameMatches(Host(), "WEB?"));
  EXPECT_TRUE(HostnameMatches(Host(), "ALL"));
  EXPECT_FALSE(HostnameMatches(Host(), "web"));
}

TEST(HostIdentityTest, AddressMatchesAnInterfaceOrItsNetwork) {
  EXPECT_TRUE(NetworkMatches(Host(), "192.168.5.7"));
  EXPECT_TRUE(NetworkMatches(Host(), "192.168.5.0"));
  EXPECT_FALSE(NetworkMatches(Host(), "192.168.5.8"));
  EXPECT_TRUE(NetworkMatches(Host(), "2001:db8::1"));
  EXPECT_FALSE(NetworkMatches(Host(), "2001:db8::2"));
}

TEST(HostIdentityTest, NetworkIsGivenByBitsOrMask) {
  EXPECT_TRUE(NetworkMatches(Host(), "192.168.0.0/16"));
  EXPECT_TRUE(NetworkMatches(Host(), "192.168.4.0/23"));
  EXPECT_FALSE(NetworkMatches(Host(), "192.168.6.0/23"));
  EXPECT_TRUE(NetworkMatches(Host(), "192.168.0.0/255.255.0.0"));
  EXPECT_TRUE(NetworkMatches(Host(), "0.0.0.0/0"));
  EXPECT_TRUE(NetworkMatches(Host(), "2001:db8::/32"));
  EXPECT_FALSE(NetworkMatches(Host(), "2001:db9::/32"));
}

TEST(HostIdentityTest, MalformedNetworkMatchesNothing) {
  for (const char* text : {"", "/", "x/8", "192.168.5.7/", "192.168.5.7/33", "192.168.5.7/-1",
                           "192.168.5.7/24x", "192.168.5.7/ffff::", "2001:db8::/129"}) {
    EXPECT_FALSE(NetworkMatches(Host(), text)) << text;
  }
}

TEST(HostIdentityTest, ThisMachineHasAName) {
  EXPECT_FALSE(ReadHostIdentity().value().name.empty());
}

}  // namespace
}  // namespace twofactor
