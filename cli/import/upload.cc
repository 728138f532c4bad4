#include "cli/import/upload.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "cli/import/entry.h"
#include "cli/import/refusal.h"
#include "cli/json_fields.h"
#include "cli/translate.h"

namespace twofactor {

using nlohmann::json;

namespace {

// Entries for one call.
struct Batch {
  json entries = json::array();
  std::vector<ImportRow*> rows;
  std::size_t bytes = 0;
};

std::size_t SizeOf(const json& entry) {
  std::string text = entry.dump(-1, ' ', false, json::error_handler_t::replace);
  WipeMemory(text.data(), text.size());
  // And a comma.
  return text.size() + 1;
}

// False for an outcome that no daemon of this version gives.
bool TakeOutcome(const json& answer, ImportRow& row) {
  const auto outcome = OutcomeNamed(TextAt(answer, "outcome"));
  if (!outcome || *outcome == Outcome::kNotSent || *outcome == Outcome::kUnknown) {
    return false;
  }
  row.outcome = *outcome;
  row.reason = row.outcome == Outcome::kRefused ? TextAt(answer, "reason") : std::string();
  // What the daemon left out.
  if (std::string left_out = TextAt(answer, "reason"); row.reason.empty() && !left_out.empty()) {
    row.user.notes.push_back(std::move(left_out));
  }
  return true;
}

Result<void> TakeAnswer(const json& answer, const Batch& batch) {
  bool well_formed = answer.is_array() && answer.size() == batch.rows.size();
  for (std::size_t i = 0; well_formed && i < batch.rows.size(); ++i) {
    ImportRow& row = *batch.rows[i];
    well_formed = TextAt(answer[i], "username") == row.account->name && TakeOutcome(answer[i], row);
  }
  if (!well_formed) {
    return Fail(ErrorCode::kCorrupt,
                Say("the daemon's answer is not one to the import: is it of another version?"));
  }
  return {};
}

// Whether the daemon may have done what was asked although no answer came.
bool MayBeDone(const Error& error) {
  return error.code() == ErrorCode::kTimedOut || error.code() == ErrorCode::kUnavailable ||
         error.code() == ErrorCode::kCorrupt || error.code() == ErrorCode::kInternal;
}

Result<void> Send(Batch batch, const UploadOptions& options, const CallImport& call) {
  json params = json::array(
      {std::move(batch.entries), {{"dry_run", options.dry_run}, {"replace", options.replace}}});
  const auto answer = call(params);
  WipeTexts(params);
  auto taken = answer ? TakeAnswer(*answer, batch) : Fail(answer.error());
  if (!taken && MayBeDone(taken.error())) {
    for (ImportRow* const row : batch.rows) {
      row->outcome = Outcome::kUnknown;
    }
  }
  return taken;
}

}  // namespace

Result<void> Upload(ImportRows& rows, const UploadOptions& options, const CallImport& call,
                    const TellProgress& tell) {
  Batch batch;
  std::size_t done = 0;
  const auto send = [&] {
    const std::size_t size = batch.rows.size();
    auto sent = Send(std::exchange(batch, {}), options, call);
    done += size;
    tell(done, rows.size());
    return sent;
  };
  for (ImportRow& row : rows) {
    if (row.outcome != Outcome::kNotSent) {
      ++done;
      continue;
    }
    auto entry = EntryOf(row.user, *row.account);
    const std::size_t size = entry ? SizeOf(*entry) : 0;
    if (!entry || size > kMaxBytesPerCall) {
      Refuse(row, entry ? Say("has more than one call of the daemon can carry")
                        : entry.error().message());
      ++done;
      continue;
    }
    if (batch.rows.size() == kMaxEntriesPerCall || batch.bytes + size > kMaxBytesPerCall) {
      if (auto sent = send(); !sent) {
        WipeTexts(*entry);
        return sent;
      }
    }
    batch.entries.push_back(std::move(*entry));
    batch.rows.push_back(&row);
    batch.bytes += size;
    // What the report tells of them stays.
    for (ImportedDevice& device : row.user.devices) {
      device.secret = SecretBytes();
    }
    row.user.recovery_codes.clear();
  }
  return batch.rows.empty() ? Result<void>() : send();
}

}  // namespace twofactor
