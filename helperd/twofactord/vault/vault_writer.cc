#include "helperd/twofactord/vault/vault_writer.h"

#include <utility>

namespace twofactor {
namespace {

// Half a MiB: a change that comes meanwhile waits for less than a millisecond.
constexpr int kPagesAtATime = 128;

}  // namespace

VaultWriter::VaultWriter(Vault vault, Post post)
    : vault_(std::move(vault)),
      opened_amid_rekey_(vault_.rekey_under_way()),
      read_only_because_(vault_.read_only_because()),
      post_(std::move(post)),
      thread_([this] { Loop(); }) {}

VaultWriter::~VaultWriter() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void VaultWriter::Enqueue(std::shared_ptr<Job> job) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(job));
  }
  wake_.notify_one();
}

void VaultWriter::EnqueueAlone(std::shared_ptr<Job> job) {
  {
    const std::lock_guard lock(mutex_);
    alone_.push_back(std::move(job));
  }
  wake_.notify_one();
}

bool VaultWriter::Run(Job& job) {
  // Of what a change that was taken back has noted, nothing is anybody's.
  static_cast<void>(vault_.TakeChangedUsers());
  const bool made = job.Run(vault_);
  if (made) {
    job.changed_users = vault_.TakeChangedUsers();
  }
  return made;
}

void VaultWriter::PostFinish(std::shared_ptr<Job> job) const {
  post_([job = std::move(job), told = told_] {
    for (const std::string& username : job->changed_users) {
      if (told != nullptr) {
        (*told)(username);
      }
    }
    job->Finish();
  });
}

void VaultWriter::Loop() {
  for (;;) {
    Jobs jobs;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] {
        return stop_ || !waiting_.empty() || !copies_.empty() || !alone_.empty();
      });
      if (waiting_.empty() && stop_) {
        return;
      }
      jobs.swap(waiting_);
    }
    if (!jobs.empty()) {
      CommitTogether(jobs);
    }
    for (std::shared_ptr<Job>& job : jobs) {
      PostFinish(job);
    }
    CopyPiece();
    RunOneAlone();
  }
}

void VaultWriter::Copy(std::function<void(Result<VaultCopy>)> done) {
  {
    const std::lock_guard lock(mutex_);
    copies_.push_back(std::make_shared<CopyJob>(CopyJob{std::move(done), std::nullopt}));
  }
  wake_.notify_one();
}

void VaultWriter::RunOneAlone() {
  std::shared_ptr<Job> job;
  {
    const std::lock_guard lock(mutex_);
    if (alone_.empty() || !copies_.empty()) {
      return;
    }
    job = std::move(alone_.front());
    alone_.pop_front();
  }
  // A failure is in the job's result; there is no part to be rolled back.
  static_cast<void>(Run(*job));
  PostFinish(std::move(job));
}

void VaultWriter::CopyPiece() {
  std::shared_ptr<CopyJob> job;
  {
    const std::lock_guard lock(mutex_);
    if (copies_.empty()) {
      return;
    }
    job = copies_.front();
  }
  auto result = ContinueCopy(*job);
  if (!result) {
    return;
  }
  job->copy.reset();
  {
    const std::lock_guard lock(mutex_);
    copies_.pop_front();
  }
  auto shared = std::make_shared<Result<VaultCopy>>(std::move(*result));
  post_([job, shared] { job->done(std::move(*shared)); });
}

std::optional<Result<VaultCopy>> VaultWriter::ContinueCopy(CopyJob& job) {
  if (!job.copy) {
    auto begun = vault_.BeginCopy();
    if (!begun) {
      return Fail(begun.error());
    }
    job.copy.emplace(std::move(*begun));
  }
  const auto whole = job.copy->Step(kPagesAtATime);
  if (!whole) {
    return Fail(whole.error());
  }
  if (!*whole) {
    return std::nullopt;
  }
  return VaultCopy{job.copy->Take(), vault_.CopyOfKeys()};
}

void VaultWriter::CommitTogether(const Jobs& jobs) {
  const auto fail_all = [&jobs](const Error& error) {
    for (const std::shared_ptr<Job>& job : jobs) {
      job->FailWith(error);
    }
  };
  if (const auto begun = vault_.Begin(); !begun) {
    fail_all(begun.error().Under("begin a transaction"));
    return;
  }
  for (const std::shared_ptr<Job>& job : jobs) {
    if (const auto begun = vault_.BeginPart(); !begun) {
      job->FailWith(begun.error());
      continue;
    }
    if (!Run(*job)) {
      vault_.DropPart();
      if (!vault_.InTransaction()) {
        fail_all(Error(ErrorCode::kUnavailable, "the disk of the vault is full or failing"));
        return;
      }
      continue;
    }
    if (const auto kept = vault_.KeepPart(); !kept) {
      job->FailWith(kept.error());
    }
  }
  if (const auto committed = vault_.Commit(); !committed) {
    vault_.RollBack();
    fail_all(committed.error().Under("make the change durable"));
  }
}

}  // namespace twofactor
