// Tests the origin of a login, for the count of failed attempts.
#include "pam_module/login_place.h"

#include <gtest/gtest.h>

namespace twofactor {
namespace {

constexpr uid_t kAliceUid = 1000;
constexpr uid_t kBobUid = 1001;

std::string Of(const LoginClaims& claims) { return OriginOf(claims, "alice", kAliceUid); }
std::string OfHost(const std::string& host) { return Of({host, "ssh", "", 0}); }

TEST(LoginOriginTest, AnotherHostIsItsAddressOrName) {
  EXPECT_EQ(OfHost("198.51.100.7"), "host:198.51.100.7");
  EXPECT_EQ(OfHost("Client.Example.COM"), "host:client.example.com");
  // The host takes precedence over the caller: alice may run a server that accepts network logins.
  EXPECT_EQ(Of({"198.51.100.7", "", "", kAliceUid}), "host:198.51.100.7");
}

// A host can change the rest of its address at will, and privacy extensions do so every day.
TEST(LoginOriginTest, OfAnIpv6AddressTheNetworkCounts) {
  EXPECT_EQ(OfHost("2001:db8:1:2:3:4:5:6"), "host:2001:db8:1:2::/64");
  EXPECT_EQ(OfHost("2001:DB8:1:2:ffff::1"), "host:2001:db8:1:2::/64");
  EXPECT_NE(OfHost("2001:db8:1:3::1"), OfHost("2001:db8:1:2::1"));
  EXPECT_EQ(OfHost("::ffff:198.51.100.7"), "host:198.51.100.7");
  EXPECT_EQ(OfHost("::1"), "host:::1");
  // All hosts on a link share one prefix.
  EXPECT_EQ(OfHost("fe80::1"), "host:fe80::1");
  EXPECT_EQ(OfHost("fe80::1%eth0"), "host:fe80::1%eth0");
}

TEST(LoginOriginTest, TextThatIsNoHostIsNone) {
  EXPECT_EQ(OfHost("a b"), "");
  EXPECT_EQ(OfHost("a\nb"), "");
  EXPECT_EQ(OfHost(std::string(256, 'a')), "");
}

TEST(LoginOriginTest, CallerWithTheUsersOwnUidIsTheUser) {
  EXPECT_EQ(Of({"", "pts/3", "alice", kAliceUid}), "self");
  EXPECT_EQ(Of({"", "", "", kAliceUid}), "self");
}

// su by another user, on a terminal where alice used sudo before.
TEST(LoginOriginTest, CallerWithAnotherUidHasNone) {
  EXPECT_EQ(Of({"", "pts/3", "bob", kBobUid}), "");
  EXPECT_EQ(Of({"", "/dev/tty1", "bob", kBobUid}), "");
  EXPECT_EQ(Of({"", "/dev/tty1", "alice", kBobUid}), "");
}

TEST(LoginOriginTest, RootIsManyProgramsAndNobodysSelf) {
  EXPECT_EQ(OriginOf({"", "", "", 0}, "root", 0), "");
  EXPECT_EQ(OriginOf({"", "pts/0", "root", 0}, "root", 0), "");
}

TEST(LoginOriginTest, ConsoleIsOneWhereAProgramOfRootsAsksForItsUser) {
  EXPECT_EQ(Of({"", "/dev/tty1", "", 0}), "tty:tty1");
  EXPECT_EQ(Of({"", ":0", "", 0}), "tty::0");
  EXPECT_EQ(Of({"", "tty1", "alice", 0}), "tty:tty1");
  EXPECT_EQ(Of({"", "tty1", "bob", 0}), "");
}

TEST(LoginOriginTest, PseudoterminalAndAServicesNameSayNothing) {
  EXPECT_EQ(Of({"", "pts/3", "", 0}), "");
  EXPECT_EQ(Of({"", "ssh", "", 0}), "");
  EXPECT_EQ(Of({"", "cron", "", 0}), "");
}

}  // namespace
}  // namespace twofactor
