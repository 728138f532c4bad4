#include "helperd/twofactord/vault/vault_writer.h"

#include <utility>

namespace twofactor {

VaultWriter::VaultWriter(Vault vault, Post post)
    : vault_(std::move(vault)), post_(std::move(post)), thread_([this] { Loop(); }) {}

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

void VaultWriter::Loop() {
  for (;;) {
    Jobs jobs;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
      if (waiting_.empty()) {
        return;
      }
      jobs.swap(waiting_);
    }
    CommitTogether(jobs);
    for (std::shared_ptr<Job>& job : jobs) {
      post_([job] { job->Finish(); });
    }
  }
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
    if (!job->Run(vault_)) {
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
