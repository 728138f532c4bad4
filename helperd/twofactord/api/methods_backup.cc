#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "helperd/twofactord/api/methods.h"

// Backups, made and restored one part at a time on the connection that started them. A separate
// thread derives the keys and encrypts and decrypts the parts.
namespace twofactor::methods {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxHostBytes = 256;

std::string Hostname() {
  std::array<char, kMaxHostBytes> name{};
  gethostname(name.data(), name.size() - 1);
  return name.data();
}

// The passphrase, which the call forgets.
std::shared_ptr<SecretBytes> TakePassphrase(json& param) {
  auto& text = param.get_ref<std::string&>();
  auto passphrase = std::make_shared<SecretBytes>(SecretBytes::CopyOf(text));
  WipeMemory(text.data(), text.size());
  return passphrase;
}

// One part of a backup, and its users that this system does not know.
struct RestorePart {
  BackupContents contents;
  bool last;
  std::vector<std::string> unknown;
};
using RestorePartPtr = std::shared_ptr<RestorePart>;

json Outcomes(const std::vector<std::string>& names, const std::vector<ImportAnswer>& outcomes,
              const std::vector<std::string>& unknown) {
  json answers = json::array();
  for (std::size_t i = 0; i < names.size(); ++i) {
    answers.push_back({{"username", names[i]},
                       {"outcome", NameOf(outcomes[i].outcome)},
                       {"reason", outcomes[i].reason},
                       {"uses_unknown", outcomes[i].uses_unknown}});
  }
  for (const std::string& name : unknown) {
    answers.push_back({{"username", name},
                       {"outcome", "refused"},
                       {"reason", "this system has no such user"},
                       {"uses_unknown", false}});
  }
  return answers;
}

// Gives the part's users the uids that they have here. Moves those that the system does not know to
// `unknown`.
void TakeUids(RestorePart& part, const std::vector<PasswdEntry>& entries) {
  std::map<std::string_view, uid_t> uids;
  for (const PasswdEntry& entry : entries) {
    uids.emplace(entry.name, entry.uid);
  }
  std::vector<BackedUpUser> known;
  for (BackedUpUser& user : part.contents.users) {
    const auto found = uids.find(user.username.text());
    if (found == uids.end()) {
      part.unknown.push_back(user.username.text());
      continue;
    }
    user.uid = found->second;
    known.push_back(std::move(user));
  }
  part.contents.users = std::move(known);
}

// The last step: restores the settings, if asked to, and answers.
void FinishPart(const CallPtr& call, const RootPermit& permit,
                const std::shared_ptr<RestoreUnderWay>& restore, const RestorePartPtr& part,
                json outcomes) {
  const bool put_settings =
      part->contents.settings && restore->settings && !restore->options.dry_run;
  const auto answer = [call, restore, part](json users, bool settings) {
    restore->busy = false;
    call->Answer({{"users", std::move(users)}, {"last", part->last}, {"settings", settings}});
  };
  if (!put_settings) {
    answer(std::move(outcomes), false);
    return;
  }
  const VaultSettings& all = *part->contents.settings;
  call->services.store.UpdateSettings(
      permit, {.enabled = all.enabled, .ssh = all.ssh, .window = all.window},
      [call, restore, answer, outcomes = std::move(outcomes)](const Result<void>& stored) {
        if (!stored) {
          restore->busy = false;
          call->Refuse(stored.error().Under("the users were restored, but the settings were not"));
          return;
        }
        answer(outcomes, true);
      });
}

void RestoreUsers(const CallPtr& call, const RootPermit& permit,
                  const std::shared_ptr<RestoreUnderWay>& restore, const RestorePartPtr& part) {
  std::vector<std::string> names;
  for (const BackedUpUser& user : part->contents.users) {
    names.push_back(user.username.text());
  }
  const auto settings = part->contents.settings;
  BackupContents contents = std::exchange(part->contents, {{}, {}, {}, settings});
  call->services.store.Restore(
      permit, std::move(contents), restore->options,
      [call, permit, restore, part, names](const Result<std::vector<ImportAnswer>>& outcomes) {
        if (!outcomes) {
          restore->busy = false;
          call->Refuse(outcomes.error());
          return;
        }
        FinishPart(call, permit, restore, part, Outcomes(names, *outcomes, part->unknown));
      });
}

void ResolveUsers(const CallPtr& call, const RootPermit& permit,
                  const std::shared_ptr<RestoreUnderWay>& restore, const RestorePartPtr& part) {
  if (restore->options.keep_uids || part->contents.users.empty()) {
    RestoreUsers(call, permit, restore, part);
    return;
  }
  std::vector<std::string> names;
  for (const BackedUpUser& user : part->contents.users) {
    names.push_back(user.username.text());
  }
  call->services.accounts.FindUsers(
      call->asker(), names,
      [call, permit, restore, part](const Result<std::vector<PasswdEntry>>& entries) {
        if (!entries) {
          restore->busy = false;
          call->Refuse(entries.error().Under("look up the users"));
          return;
        }
        TakeUids(*part, *entries);
        RestoreUsers(call, permit, restore, part);
      });
}

Error UnderWay() {
  return Error(ErrorCode::kConflict, "wait for the answer to the previous call on this connection");
}

}  // namespace

void StartBackup(const CallPtr& call, const RootPermit& permit) {
  auto passphrase = TakePassphrase(call->params[0]);
  call->services.store.CopyForBackup(permit, [call, passphrase](Result<BackupSource> source) {
    if (!source) {
      call->Refuse(source.error());
      return;
    }
    auto shared = std::make_shared<BackupSource>(std::move(*source));
    call->services.work.Submit<std::shared_ptr<BackupExport>>(
        [shared, passphrase] {
          return BackupExport::Begin(std::move(*shared), Hostname(), *passphrase);
        },
        [call](Result<std::shared_ptr<BackupExport>> begun) {
          if (!begun) {
            call->Refuse(begun.error());
            return;
          }
          const BackupHeader& header = (*begun)->header();
          json answer = {{"header", ToLine(header)}, {"users", header.users}};
          call->caller_session().backup() =
              std::make_shared<BackupUnderWay>(BackupUnderWay{std::move(*begun)});
          call->Answer(std::move(answer));
        });
  });
}

void NextOfBackup(const CallPtr& call, const RootPermit& /*permit*/) {
  const auto backup = call->caller_session().backup();
  if (!backup || backup->busy) {
    call->Refuse(backup
                     ? UnderWay()
                     : Error(ErrorCode::kConflict, "call backup.start on this connection first"));
    return;
  }
  backup->busy = true;
  call->services.work.Submit<BackupExport::Chunk>(
      [backup] { return backup->backup->Next(); },
      [call, backup](Result<BackupExport::Chunk> chunk) {
        backup->busy = false;
        if (!chunk) {
          call->Refuse(chunk.error());
          return;
        }
        call->Answer(
            {{"part", std::move(chunk->line)}, {"last", chunk->last}, {"users", chunk->users}});
      });
}

void StartRestore(const CallPtr& call, const RootPermit& /*permit*/) {
  auto passphrase = TakePassphrase(call->params[1]);
  auto header = ParseBackupHeader(call->params[0].get_ref<const std::string&>());
  if (!header) {
    call->Refuse(header.error());
    return;
  }
  call->services.work.Submit<std::shared_ptr<BackupReader>>(
      [header = std::move(*header), passphrase]() -> Result<std::shared_ptr<BackupReader>> {
        auto reader = BackupReader::Begin(header, *passphrase);
        return reader ? Result<std::shared_ptr<BackupReader>>(
                            std::make_shared<BackupReader>(std::move(*reader)))
                      : Fail(reader.error());
      },
      [call](Result<std::shared_ptr<BackupReader>> reader) {
        if (!reader) {
          call->Refuse(reader.error());
          return;
        }
        const BackupHeader& opened = (*reader)->header();
        json answer = {{"id", opened.id},
                       {"created", opened.created.time_since_epoch().count()},
                       {"host", opened.host},
                       {"users", opened.users}};
        const json options = call->params.size() > 2 ? call->params[2] : json::object();
        call->caller_session().restore() = std::make_shared<RestoreUnderWay>(
            RestoreUnderWay{.reader = std::move(*reader),
                            .options = {.dry_run = options.value("dry_run", false),
                                        .replace = options.value("replace", false),
                                        .keep_uids = options.value("keep_uids", false)},
                            .settings = options.value("settings", false)});
        call->Answer(std::move(answer));
      });
}

void NextOfRestore(const CallPtr& call, const RootPermit& permit) {
  const auto restore = call->caller_session().restore();
  if (!restore || restore->busy) {
    call->Refuse(restore
                     ? UnderWay()
                     : Error(ErrorCode::kConflict, "call restore.start on this connection first"));
    return;
  }
  restore->busy = true;
  call->services.work.Submit<RestorePartPtr>(
      [restore, line = call->params[0].get<std::string>()]() -> Result<RestorePartPtr> {
        auto contents = restore->reader->Next(line);
        return contents ? Result<RestorePartPtr>(std::make_shared<RestorePart>(
                              RestorePart{std::move(*contents), restore->reader->whole(), {}}))
                        : Fail(contents.error());
      },
      [call, permit, restore](const Result<RestorePartPtr>& part) {
        if (!part) {
          restore->busy = false;
          call->Refuse(part.error());
          return;
        }
        ResolveUsers(call, permit, restore, *part);
      });
}

}  // namespace twofactor::methods
