#ifndef TWOFACTOR_CLI_TERMINAL_H_
#define TWOFACTOR_CLI_TERMINAL_H_

#include <unistd.h>

#include <optional>
#include <string>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"

namespace twofactor {

inline constexpr std::size_t kMaxPassphraseBytes = 1024;

// The person, or the script, at the other side.
class Terminal {
 public:
  virtual ~Terminal() = default;
  // May a person be asked?
  virtual bool IsInteractive() const = 0;
  // Columns, 80 where it cannot be known.
  virtual int Columns() const = 0;
  // May output be coloured (a terminal, not dumb, no NO_COLOR)?
  virtual bool UsesColour() const = 0;
  // Does it show the block characters of a picture: a terminal in a UTF-8 locale, and not dumb?
  virtual bool ShowsUnicode() const = 0;
  // Asks on the terminal, else reads a line of standard input without asking. None at its end.
  virtual std::optional<SecretBytes> Ask(const std::string& prompt) = 0;
  // Asks for a passphrase, which the terminal does not show. Without a terminal the same as Ask. At
  // most kMaxPassphraseBytes; none for a longer one.
  virtual std::optional<SecretBytes> AskHidden(const std::string& prompt) = 0;
  // Shows on a terminal, and there alone, how far something is; an empty text takes it away.
  virtual void ShowProgress(const std::string& text) = 0;
  // Says something on standard error.
  virtual void Warn(const std::string& text) = 0;
  // Shows text to the person: standard output, and standard error while that is for JSON.
  virtual void Show(const std::string& text) = 0;
  // Asked before something is changed that can be shown only once: can output be written? Fails
  // with kInternal, saying why not. What Show could not write is remembered.
  virtual Result<void> CheckOutput() { return {}; }
};

// What a destructive command asks first, unless it has --yes. Fails with kConflict without a yes,
// and where there is no person.
Result<void> Confirm(Terminal& terminal, bool has_yes, const std::string& question);

// Takes LC_CTYPE from the environment; where that names UTF-8 by a locale that is not installed, as
// ssh forwards it from other systems, any that has UTF-8: what the terminal shows is the terminal's
// to say. For main alone.
void TakeLocaleOfTerminal();

class StandardTerminal final : public Terminal {
 public:
  explicit StandardTerminal(bool json) : json_(json) {}
  bool IsInteractive() const override;
  int Columns() const override;
  bool UsesColour() const override;
  bool ShowsUnicode() const override;
  std::optional<SecretBytes> Ask(const std::string& prompt) override;
  std::optional<SecretBytes> AskHidden(const std::string& prompt) override;
  void ShowProgress(const std::string& text) override;
  void Warn(const std::string& text) override;
  void Show(const std::string& text) override;
  Result<void> CheckOutput() override;

 private:
  // Where Show writes.
  int OutputDescriptor() const { return json_ ? STDERR_FILENO : STDOUT_FILENO; }

  bool json_;
  int failed_ = 0;  // The errno of the first write that failed.
};

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_TERMINAL_H_
