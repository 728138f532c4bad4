#ifndef TWOFACTOR_CLI_IMPORT_XML_DOCUMENT_H_
#define TWOFACTOR_CLI_IMPORT_XML_DOCUMENT_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "common/base/secret_bytes.h"

// libxml2's own names.
struct _xmlDoc;   // NOLINT(bugprone-reserved-identifier)
struct _xmlNode;  // NOLINT(bugprone-reserved-identifier)

namespace twofactor {

// An element of an XmlDocument, which must live as long. Names are local names, without their
// namespace's prefix, and asked for without regard to case: what an HTML parser wrote has them in
// small letters. Copyable; thread-compatible.
class XmlElement {
 public:
  std::string_view Name() const;
  // The namespace's URI, empty without one.
  std::string_view Namespace() const;
  bool Is(std::string_view name) const;
  // Those without a namespace, and their values.
  std::vector<std::pair<std::string, std::string>> Attributes() const;
  // Empty where there is none.
  std::string Attribute(std::string_view name) const;
  // The text in it and in all that is in it, without the white space around it.
  SecretBytes Text() const;
  // The same, of what is no secret.
  std::string PlainText() const { return std::string(Text().text()); }
  // The elements right below it, all or those of that name.
  std::vector<XmlElement> Children() const;
  std::vector<XmlElement> Children(std::string_view name) const;
  // The first one of that name.
  std::optional<XmlElement> Child(std::string_view name) const;
  // Down a path of names: Child of Child …
  std::optional<XmlElement> Descend(std::initializer_list<std::string_view> path) const;
  // The text of the element there, which is no secret; empty where there is none.
  std::string PlainTextAt(std::initializer_list<std::string_view> path) const;
  // Where it begins, counted from 1.
  long Line() const;

 private:
  friend class XmlDocument;
  explicit XmlElement(_xmlNode* node) : node_(node) {}

  _xmlNode* node_;
};

// An XML document in memory, read by libxml2: nothing is fetched, and one with a DOCTYPE is
// refused, so there are no entities to expand. Texts are wiped with the document; what libxml2
// copied while it read is not. Movable.
class XmlDocument {
 public:
  // A document may be this long.
  static constexpr std::size_t kMaxBytes = 16UL * 1024 * 1024;

  // Fails with kInvalidParams, naming the line. Thread-safe.
  static Result<XmlDocument> Parse(std::string_view text);

  XmlElement Root() const;

 private:
  struct Free {
    void operator()(_xmlDoc* document) const;
  };
  explicit XmlDocument(_xmlDoc* document) : document_(document) {}

  std::unique_ptr<_xmlDoc, Free> document_;
};

}  // namespace twofactor

#endif  // TWOFACTOR_CLI_IMPORT_XML_DOCUMENT_H_
