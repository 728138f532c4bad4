#include "helperd/accounts/progress.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <utility>

namespace twofactor {
namespace {

TEST(ProgressTest, StepOfAKilledProcessIsStillKnown) {
  Progress progress;
  EXPECT_EQ(progress.step(), "the request");
  const pid_t worker = fork();
  if (worker == 0) {
    progress.Enter("shadow");
    raise(SIGKILL);
  }
  waitpid(worker, nullptr, 0);
  EXPECT_EQ(progress.step(), "shadow");
}

TEST(ProgressTest, StepIsCutAndPrintable) {
  Progress progress;
  progress.Enter("a\nb\xff");
  EXPECT_EQ(progress.step(), "a?b?");
  progress.Enter(std::string(1000, 'x'));
  EXPECT_EQ(progress.step(), std::string(Progress::kMaxStepBytes, 'x'));
  progress.Enter("short");
  EXPECT_EQ(progress.step(), "short");
}

TEST(ProgressTest, UserOfAKilledProcessIsStillKnownBesideItsStep) {
  Progress progress;
  EXPECT_EQ(progress.user(), "");
  const pid_t worker = fork();
  if (worker == 0) {
    progress.SetUser(std::string(Progress::kMaxUserBytes, 'u'));
    progress.Enter(std::string(Progress::kMaxStepBytes, 's'));
    raise(SIGKILL);
  }
  waitpid(worker, nullptr, 0);
  EXPECT_EQ(progress.user(), std::string(Progress::kMaxUserBytes, 'u'));
  EXPECT_EQ(progress.step(), std::string(Progress::kMaxStepBytes, 's'));
}

TEST(ProgressTest, HeldReadersAreCountedByUser) {
  Progress progress;
  EXPECT_EQ(progress.held_readers("alice"), 0);
  progress.SetHeldReaders({{"alice", 3}});
  EXPECT_EQ(progress.held_readers("alice"), 3);
  EXPECT_EQ(progress.held_readers("bob"), 0);
}

TEST(ProgressTest, MoveTransfersThePage) {
  Progress first;
  first.Enter("step");
  first.SetHeldReaders({{"alice", 1}});
  const Progress second = std::move(first);
  EXPECT_EQ(second.step(), "step");
  EXPECT_EQ(second.held_readers("alice"), 1);
}

}  // namespace
}  // namespace twofactor
