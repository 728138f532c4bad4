#ifndef TWOFACTOR_CLI_IMPORT_CSV_H_
#define TWOFACTOR_CLI_IMPORT_CSV_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"

namespace twofactor {

struct CsvRow {
  std::size_t line = 0;            // Where it begins, counted from 1.
  std::vector<SecretBytes> cells;  // At least one.
};

// The rows of comma-separated values (RFC 4180), without the quotes. Fails with kInvalidParams
// where a quote does not end. Pure.
Result<std::vector<CsvRow>> ParseCsv(std::string_view text);

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_CSV_H_
