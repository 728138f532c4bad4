#ifndef TWOFACTOR_HELPERD_MESSAGES_SHAPE_NODE_H_
#define TWOFACTOR_HELPERD_MESSAGES_SHAPE_NODE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "helperd/messages/shape.h"

// What the files that implement shapes share: shape_scalars.cc, shape_containers.cc,
// shape_conditions.cc.
namespace twofactor {

struct Shape::Node {
  virtual ~Node() = default;
  virtual void Check(const nlohmann::json& value, const std::string& attribute,
                     std::vector<Fault>& faults) const = 0;
  virtual nlohmann::ordered_json Schema() const = 0;
  // None: the shape is its own.
  virtual std::shared_ptr<const Node> Partial() const { return nullptr; }
};

// A fault of the value at `attribute`.
void AddFault(std::vector<Fault>& faults, const std::string& attribute, std::string message);

// The attribute of what lies inside of another; of the outermost, its own name.
std::string PathOf(const std::string& attribute, const std::string& name);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_MESSAGES_SHAPE_NODE_H_
