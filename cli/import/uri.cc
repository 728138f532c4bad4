#include "cli/import/uri.h"

#include <uriparser/Uri.h>

#include <cstring>

namespace twofactor {
namespace {

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

std::optional<std::string_view> Uri::Find(std::string_view key) const {
  for (const auto& [name, value] : query) {
    if (name == key) {
      return value.text();
    }
  }
  return std::nullopt;
}

std::optional<Uri> ParseUri(std::string_view text, bool plus_is_blank) {
  const ParsedUri parsed(text);
  // An escaped zero byte would end a text before its end.
  if (!parsed.whole() || text.find("%00") != std::string_view::npos) {
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
    uri.query.emplace_back(
        item->key,
        SecretBytes::CopyOf(std::string_view(item->value == nullptr ? "" : item->value)));
  }
  return uri;
}

}  // namespace twofactor
