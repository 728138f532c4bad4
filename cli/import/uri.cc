#include "cli/import/uri.h"

#include <uriparser/Uri.h>

#include <cctype>
#include <cstring>

#include "cli/import/text_lines.h"

namespace twofactor {
namespace {

bool IsHexDigit(char character) {
  return std::isxdigit(static_cast<unsigned char>(character)) != 0;
}

// Whether the character at `at` may stand in a URI as it is. A '#' may in a label alone, where
// nobody means a fragment.
bool MayStand(std::string_view text, std::size_t at, bool in_label) {
  constexpr std::string_view kOthers = "-._~:/?@!$&'()*+,;=";
  const char character = text[at];
  const bool ascii = static_cast<unsigned char>(character) < 0x80;
  if (character == '%') {
    return at + 2 < text.size() && IsHexDigit(text[at + 1]) && IsHexDigit(text[at + 2]);
  }
  return (ascii && std::isalnum(static_cast<unsigned char>(character)) != 0) ||
         kOthers.find(character) != std::string_view::npos || (character == '#' && !in_label);
}

// With what should have been escaped escaped, behind "scheme://host/".
SecretBytes Escaped(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const std::size_t host = text.find("://");
  const std::size_t label = host == std::string_view::npos ? host : text.find('/', host + 3);
  const std::size_t query = text.find('?');
  SecretBytes escaped(3 * text.size());
  std::size_t size = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(text[i]);
    if (label == std::string_view::npos || i <= label || MayStand(text, i, i < query)) {
      escaped.mutable_bytes()[size++] = byte;
      continue;
    }
    for (const char digit : {'%', kDigits[byte >> 4U], kDigits[byte & 15U]}) {
      escaped.mutable_bytes()[size++] = static_cast<std::uint8_t>(digit);
    }
  }
  escaped.Truncate(size);
  return escaped;
}

// A URI that uriparser took apart; it points into the text.
class ParsedUri {
 public:
  explicit ParsedUri(std::string_view text) {
    whole_ =
        uriParseSingleUriExA(&uri_, text.data(), text.data() + text.size(), nullptr) == URI_SUCCESS;
  }
  ~ParsedUri() {
    if (whole_) {
      uriFreeUriMembersA(&uri_);
    }
  }
  ParsedUri(const ParsedUri&) = delete;
  ParsedUri& operator=(const ParsedUri&) = delete;

  bool whole() const { return whole_; }
  const UriUriA& get() const { return uri_; }

 private:
  UriUriA uri_{};
  bool whole_ = false;
};

// The list that uriparser makes of a query, wiped before it is given back.
class QueryList {
 public:
  QueryList(const UriTextRangeA& query, bool plus_is_blank) {
    int count = 0;
    whole_ = query.first == query.afterLast ||
             uriDissectQueryMallocExA(&first_, &count, query.first, query.afterLast,
                                      plus_is_blank ? URI_TRUE : URI_FALSE,
                                      URI_BR_DONT_TOUCH) == URI_SUCCESS;
  }
  ~QueryList() {
    for (const UriQueryListA* item = first_; item != nullptr; item = item->next) {
      if (item->value != nullptr) {
        WipeMemory(const_cast<char*>(item->value), std::strlen(item->value));
      }
    }
    uriFreeQueryListA(first_);
  }
  QueryList(const QueryList&) = delete;
  QueryList& operator=(const QueryList&) = delete;

  bool whole() const { return whole_; }
  const UriQueryListA* first() const { return first_; }

 private:
  UriQueryListA* first_ = nullptr;
  bool whole_ = false;
};

std::string TextOf(const UriTextRangeA& range) {
  return range.first == nullptr ? std::string() : std::string(range.first, range.afterLast);
}

std::string Unescaped(std::string text) {
  const char* const end = uriUnescapeInPlaceExA(text.data(), URI_FALSE, URI_BR_DONT_TOUCH);
  text.resize(static_cast<std::size_t>(end - text.data()));
  return text;
}

}  // namespace

std::string_view UriOfLine(std::string_view line) {
  constexpr std::string_view kZbarimg = "QR-Code:";
  line = Trimmed(line);
  return StartsWith(line, kZbarimg) ? Trimmed(line.substr(kZbarimg.size())) : line;
}

std::optional<Uri> ParseUri(std::string_view text, bool plus_is_blank) {
  const SecretBytes escaped = Escaped(text);
  const ParsedUri parsed(escaped.text());
  // An escaped zero byte would end a text before its end.
  if (!parsed.whole() || escaped.text().find("%00") != std::string_view::npos ||
      parsed.get().fragment.first != nullptr || parsed.get().userInfo.first != nullptr ||
      parsed.get().portText.first != nullptr) {
    return std::nullopt;
  }
  const QueryList list(parsed.get().query, plus_is_blank);
  if (!list.whole()) {
    return std::nullopt;
  }
  Uri uri;
  uri.scheme = TextOf(parsed.get().scheme);
  uri.host = TextOf(parsed.get().hostText);
  for (const UriPathSegmentA* part = parsed.get().pathHead; part != nullptr; part = part->next) {
    uri.path += (uri.path.empty() ? "" : "/") + Unescaped(TextOf(part->text));
  }
  for (const UriQueryListA* item = list.first(); item != nullptr; item = item->next) {
    uri.query.Add(item->key, std::string_view(item->value == nullptr ? "" : item->value));
  }
  return uri;
}

}  // namespace twofactor
