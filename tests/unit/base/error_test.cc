#include "common/base/error.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "common/base/result.h"

namespace twofactor {
namespace {

TEST(ErrorTest, NamesTheStepAndTheErrno) {
  const Error error = Error::FromErrno(ErrorCode::kUnavailable, "open the door", ENOENT);
  EXPECT_EQ(error.code(), ErrorCode::kUnavailable);
  EXPECT_EQ(error.message(), "open the door: No such file or directory");
}

TEST(ErrorTest, OuterStepPrecedesTheInnerAndChangesNothingElse) {
  const Error inner = Error::InvalidParams({{"username", "is missing", EINVAL}});
  const Error outer = inner.Under("renew").Under("call");
  EXPECT_EQ(outer.message(), "call: renew: username: is missing");
  EXPECT_EQ(outer.code(), inner.code());
  ASSERT_EQ(outer.faults().size(), 1U);
  EXPECT_EQ(outer.faults()[0].attribute, "username");
  EXPECT_EQ(inner.message(), "username: is missing");
}

TEST(ErrorTest, CarriesEveryValidationErrorOfACall) {
  const Error error = Error::InvalidParams({{"a", "is missing", EINVAL}, {"b", "is big", ERANGE}});
  EXPECT_EQ(error.code(), ErrorCode::kInvalidParams);
  EXPECT_EQ(error.message(), "a: is missing\nb: is big");
  ASSERT_EQ(error.faults().size(), 2U);
  EXPECT_EQ(error.faults()[1].error, ERANGE);
}

TEST(ResultTest, HoldsAValueOrAnError) {
  const Result<int> value = 7;
  const Result<int> failed = Fail(ErrorCode::kCorrupt, "read a number");
  EXPECT_EQ(value.value(), 7);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code(), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace twofactor
