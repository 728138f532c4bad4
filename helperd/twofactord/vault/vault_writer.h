#ifndef TWOFACTOR_HELPERD_TWOFACTORD_VAULT_VAULT_WRITER_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_VAULT_VAULT_WRITER_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/base/result.h"
#include "helperd/twofactord/vault/vault.h"

namespace twofactor {

// Makes the vault's changes durable on a thread of its own, so that the event loop never waits for
// a disk. Changes that wait at the same time share one commit (group commit); each stands or falls
// alone.
//
// Thread-safe.
class VaultWriter {
 public:
  // What runs `task` on the event loop; called from the writer's thread.
  using Post = std::function<void(std::function<void()> task)>;

  VaultWriter(Vault vault, Post post);
  // Commits what was submitted, then ends the thread.
  ~VaultWriter();
  VaultWriter(const VaultWriter&) = delete;
  VaultWriter& operator=(const VaultWriter&) = delete;

  // Runs `change` in a transaction on the writer's thread and, once that is on disk, `done` on the
  // event loop with what it gave; or with the error of the change or of the commit, and then
  // nothing was changed. Changes run, and are done, in the order of submission.
  template <typename T>
  void Submit(std::function<Result<T>(Vault&)> change, std::function<void(Result<T>)> done);

  // Runs `work`, which makes its own transactions or none, on the writer's thread between those of
  // the changes, which wait, and while no copy is being made. Otherwise as Submit.
  template <typename T>
  void RunAlone(std::function<Result<T>(Vault&)> work, std::function<void(Result<T>)> done);

  // `told` gets the name of each user whose second factor a change has changed, on the event loop
  // before the change is done. Called before the first change.
  void OnFactorChange(std::function<void(const std::string& username)> told) {
    told_ = std::make_shared<const Told>(std::move(told));
  }

  // Was a change of the vault's key under way when it was opened?
  bool opened_amid_rekey() const { return opened_amid_rekey_; }
  // As the vault's.
  const std::string& read_only_because() const { return read_only_because_; }

  // Copies the whole vault beside the changes, which wait for one piece at most, and gives it to
  // `done` on the event loop: as it is at the moment at which the copy is whole. Fails with
  // kUnavailable or kCorrupt.
  void Copy(std::function<void(Result<VaultCopy>)> done);

 private:
  // One submitted change. Its result waits in it until the commit is on disk.
  class Job {
   public:
    virtual ~Job() = default;
    virtual bool Run(Vault& vault) = 0;  // False: its part is to be rolled back.
    virtual void FailWith(const Error& error) = 0;
    virtual void Finish() = 0;

    // Whose second factor it changed.
    std::set<std::string> changed_users;
  };
  using Jobs = std::vector<std::shared_ptr<Job>>;
  template <typename T>
  class TypedJob;

  // A copy on its way.
  struct CopyJob {
    std::function<void(Result<VaultCopy>)> done;
    std::optional<DatabaseCopy> copy;
  };

  void Enqueue(std::shared_ptr<Job> job);
  // Runs it, and notes whose factor it changes.
  bool Run(Job& job);
  // On the event loop, once its commit is on disk.
  void PostFinish(std::shared_ptr<Job> job) const;
  void EnqueueAlone(std::shared_ptr<Job> job);
  void Loop();
  void RunOneAlone();
  void CopyPiece();
  // The copy, once it is whole.
  std::optional<Result<VaultCopy>> ContinueCopy(CopyJob& job);
  void CommitTogether(const Jobs& jobs);

  using Told = std::function<void(const std::string&)>;

  Vault vault_;  // Outlives the copies of it.
  const bool opened_amid_rekey_;
  const std::string read_only_because_;
  Post post_;
  std::shared_ptr<const Told> told_;  // The event loop's. Outlives this for the last changes.
  std::mutex mutex_;
  std::condition_variable wake_;
  Jobs waiting_;                            // Guarded by mutex_.
  std::deque<std::shared_ptr<Job>> alone_;  // Guarded by mutex_.
  std::deque<std::shared_ptr<CopyJob>>
      copies_;         // Guarded by mutex_; what is in them is the thread's.
  bool stop_ = false;  // Guarded by mutex_.
  std::thread thread_;
};

template <typename T>
class VaultWriter::TypedJob final : public Job {
 public:
  TypedJob(std::function<Result<T>(Vault&)> change, std::function<void(Result<T>)> done)
      : change_(std::move(change)), done_(std::move(done)) {}

  bool Run(Vault& vault) override {
    result_ = change_(vault);
    return result_.has_value();
  }
  void FailWith(const Error& error) override { result_ = Fail(error); }
  void Finish() override { done_(std::move(result_)); }

 private:
  std::function<Result<T>(Vault&)> change_;
  std::function<void(Result<T>)> done_;
  Result<T> result_ = Fail(ErrorCode::kInternal, "the change was not made");
};

template <typename T>
void VaultWriter::Submit(std::function<Result<T>(Vault&)> change,
                         std::function<void(Result<T>)> done) {
  Enqueue(std::make_shared<TypedJob<T>>(std::move(change), std::move(done)));
}

template <typename T>
void VaultWriter::RunAlone(std::function<Result<T>(Vault&)> work,
                           std::function<void(Result<T>)> done) {
  EnqueueAlone(std::make_shared<TypedJob<T>>(std::move(work), std::move(done)));
}

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_VAULT_VAULT_WRITER_H_
