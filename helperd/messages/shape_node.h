#ifndef TWOFACTOR_HELPERD_MESSAGES_SHAPE_NODE_H_
#define TWOFACTOR_HELPERD_MESSAGES_SHAPE_NODE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "helperd/messages/shape.h"

// Shared by the files that implement schemas: shape_scalars.cc, shape_containers.cc,
// shape_conditions.cc.
namespace twofactor {

struct Shape::Node {
  virtual ~Node() = default;
  virtual void Check(const nlohmann::json& value, const std::string& attribute,
                     std::vector<Fault>& faults) const = 0;
  virtual nlohmann::ordered_json Schema() const = 0;
  // None: the schema is returned unchanged.
  virtual std::shared_ptr<const Node> Partial() const { return nullptr; }
};

// Returns a validation error of the value at `attribute`.
void AddFault(std::vector<Fault>& faults, const std::string& attribute, std::string message);

// Returns the attribute of an inner value; for the outermost, its own name.
std::string PathOf(const std::string& attribute, const std::string& name);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_MESSAGES_SHAPE_NODE_H_
