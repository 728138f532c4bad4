#include "cli/import/xml_document.h"

#include <libxml/parser.h>
#include <libxml/tree.h>

#include <cstring>
#include <mutex>

#include "cli/import/text_lines.h"
#include "cli/translate.h"

namespace twofactor {
namespace {

// libxml2's texts are unsigned.
std::string_view View(const xmlChar* text) {
  const void* const bytes = text;
  return text == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(bytes));
}

SecretBytes Take(xmlChar* text) {
  if (text == nullptr) {
    return {};
  }
  SecretBytes taken = SecretBytes::CopyOf(Trimmed(View(text)));
  WipeMemory(text, std::strlen(View(text).data()));
  xmlFree(text);
  return taken;
}

void WipeTexts(xmlNode* node) {
  for (; node != nullptr; node = node->next) {
    if ((node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) &&
        node->content != nullptr) {
      WipeMemory(node->content, View(node->content).size());
    }
    // An element's nesting is bounded by libxml2 (xmlParserMaxDepth, 256).
    if (node->type == XML_ELEMENT_NODE) {
      WipeTexts(node->children);
    }
  }
}

// Stops at a DOCTYPE, before anything of it is read.
void StopAtDoctype(void* context, const xmlChar*, const xmlChar*, const xmlChar*) {
  xmlStopParser(static_cast<xmlParserCtxt*>(context));
}

}  // namespace

std::string_view XmlElement::Name() const { return View(node_->name); }

std::string_view XmlElement::Namespace() const {
  return node_->ns == nullptr ? std::string_view() : View(node_->ns->href);
}

bool XmlElement::Is(std::string_view name) const { return EqualWords(Name(), name); }

std::vector<std::pair<std::string, std::string>> XmlElement::Attributes() const {
  std::vector<std::pair<std::string, std::string>> attributes;
  for (const xmlAttr* attribute = node_->properties; attribute != nullptr;
       attribute = attribute->next) {
    if (attribute->ns == nullptr) {
      attributes.emplace_back(View(attribute->name),
                              Take(xmlGetNoNsProp(node_, attribute->name)).text());
    }
  }
  return attributes;
}

std::string XmlElement::Attribute(std::string_view name) const {
  for (const auto& [known, value] : Attributes()) {
    if (EqualWords(known, name)) {
      return value;
    }
  }
  return {};
}

SecretBytes XmlElement::Text() const { return Take(xmlNodeGetContent(node_)); }

std::vector<XmlElement> XmlElement::Children() const {
  std::vector<XmlElement> children;
  for (xmlNode* node = node_->children; node != nullptr; node = node->next) {
    if (node->type == XML_ELEMENT_NODE) {
      children.push_back(XmlElement(node));
    }
  }
  return children;
}

std::vector<XmlElement> XmlElement::Children(std::string_view name) const {
  std::vector<XmlElement> named;
  for (const XmlElement& child : Children()) {
    if (child.Is(name)) {
      named.push_back(child);
    }
  }
  return named;
}

std::optional<XmlElement> XmlElement::Child(std::string_view name) const {
  const std::vector<XmlElement> named = Children(name);
  return named.empty() ? std::nullopt : std::optional(named.front());
}

std::optional<XmlElement> XmlElement::Descend(std::initializer_list<std::string_view> path) const {
  std::optional<XmlElement> here = *this;
  for (const std::string_view name : path) {
    here = here->Child(name);
    if (!here) {
      break;
    }
  }
  return here;
}

std::string XmlElement::PlainTextAt(std::initializer_list<std::string_view> path) const {
  const auto element = Descend(path);
  return element ? element->PlainText() : std::string();
}

long XmlElement::Line() const { return xmlGetLineNo(node_); }

void XmlDocument::Free::operator()(_xmlDoc* document) const {
  WipeTexts(document->children);
  xmlFreeDoc(document);
}

Result<XmlDocument> XmlDocument::Parse(std::string_view text) {
  static std::once_flag initialized;
  std::call_once(initialized, xmlInitParser);
  if (text.size() > kMaxBytes) {
    return Fail(ErrorCode::kInvalidParams, Say("the XML has more than 16 MiB"));
  }
  const std::unique_ptr<xmlParserCtxt, decltype(&xmlFreeParserCtxt)> context(xmlNewParserCtxt(),
                                                                             xmlFreeParserCtxt);
  if (!context) {
    return Fail(ErrorCode::kInternal, Say("read XML: out of memory"));
  }
  context->sax->internalSubset = StopAtDoctype;
  XmlDocument document(xmlCtxtReadMemory(
      context.get(), text.data(), static_cast<int>(text.size()), nullptr, nullptr,
      XML_PARSE_NONET | XML_PARSE_NODICT | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
  if (!document.document_ || context->wellFormed == 0 ||
      xmlDocGetRootElement(document.document_.get()) == nullptr) {
    return Fail(ErrorCode::kInvalidParams,
                Say("line %1: is no well-formed XML without a DOCTYPE", context->lastError.line));
  }
  return document;
}

XmlElement XmlDocument::Root() const { return XmlElement(xmlDocGetRootElement(document_.get())); }

}  // namespace twofactor
