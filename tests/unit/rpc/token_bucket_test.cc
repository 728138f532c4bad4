#include "helperd/twofactord/rpc/token_bucket.h"

#include <gtest/gtest.h>

namespace twofactor {
namespace {

using std::chrono::milliseconds;

const TokenBucket::Moment kStart{};

TEST(TokenBucketTest, GivesABurstAndThenARatePerSecond) {
  TokenBucket bucket(2, 3, kStart);
  EXPECT_TRUE(bucket.Take(kStart) && bucket.Take(kStart) && bucket.Take(kStart));
  EXPECT_FALSE(bucket.Take(kStart));
  EXPECT_FALSE(bucket.Take(kStart + milliseconds(499)));
  EXPECT_TRUE(bucket.Take(kStart + milliseconds(1100)));
}

TEST(TokenBucketTest, WhatIsOwedIsPaidBackInTime) {
  TokenBucket bucket(0.2, 0.05, kStart);
  bucket.Charge(0.04, kStart);
  EXPECT_EQ(bucket.Debt(kStart), milliseconds(0));
  bucket.Charge(0.11, kStart);
  EXPECT_EQ(bucket.Debt(kStart), milliseconds(500));
  EXPECT_EQ(bucket.Debt(kStart + milliseconds(400)), milliseconds(100));
  EXPECT_EQ(bucket.Debt(kStart + milliseconds(501)), milliseconds(0));
}

TEST(TokenBucketTest, NobodyOwesMoreThanASecondBrings) {
  TokenBucket bucket(0.2, 0.05, kStart);
  bucket.Charge(100, kStart);
  EXPECT_EQ(bucket.Debt(kStart), milliseconds(1000));
  EXPECT_FALSE(bucket.IsFull(kStart + milliseconds(1200)));
  EXPECT_TRUE(bucket.IsFull(kStart + milliseconds(1300)));
}

}  // namespace
}  // namespace twofactor
