#include <algorithm>

#include "helperd/messages/shape_node.h"

namespace twofactor {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// One row for each value that is excluded, whichever schemas exclude it.
void Merge(std::vector<Fault>& faults, const std::vector<Fault>& more) {
  for (const Fault& fault : more) {
    const auto known = std::find_if(faults.begin(), faults.end(), [&fault](const Fault& other) {
      return other.attribute == fault.attribute;
    });
    if (known == faults.end()) {
      faults.push_back(fault);
    } else if (known->message.find(fault.message) == std::string::npos) {
      known->message += ", or: " + fault.message;
    }
  }
}

bool LieInside(const std::string& attribute, const std::vector<Fault>& faults) {
  return std::none_of(faults.begin(), faults.end(),
                      [&attribute](const Fault& fault) { return fault.attribute == attribute; });
}

struct AnyOfNode final : Shape::Node {
  explicit AnyOfNode(std::vector<Shape> choices) : shapes(std::move(choices)) {}

  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    std::vector<Fault> all;
    std::vector<Fault> meant;
    for (const Shape& shape : shapes) {
      std::vector<Fault> own;
      shape.Check(value, attribute, own);
      if (own.empty()) {
        return;
      }
      if (LieInside(attribute, own)) {
        if (meant.empty() || own.size() < meant.size()) {
          meant = std::move(own);
        }
      } else {
        Merge(all, own);
      }
    }
    const std::vector<Fault>& told = meant.empty() ? all : meant;
    faults.insert(faults.end(), told.begin(), told.end());
  }
  ordered_json Schema() const override {
    ordered_json choices = ordered_json::array();
    for (const Shape& shape : shapes) {
      choices.push_back(shape.Schema());
    }
    return {{"anyOf", std::move(choices)}};
  }

  std::vector<Shape> shapes;
};

struct WhenNode final : Shape::Node {
  WhenNode(Shape always, std::vector<Shape::Case> all_cases)
      : base(std::move(always)), cases(std::move(all_cases)) {}

  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    const std::size_t before = faults.size();
    base.Check(value, attribute, faults);
    if (faults.size() != before) {
      return;
    }
    for (const Shape::Case& row : cases) {
      std::vector<Fault> denied;
      row.condition.Check(value, attribute, denied);
      if (denied.empty()) {
        row.consequence.Check(value, attribute, faults);
      }
    }
  }
  ordered_json Schema() const override {
    ordered_json schema = base.Schema();
    schema["allOf"] = ordered_json::array();
    for (const Shape::Case& row : cases) {
      schema["allOf"].push_back(
          {{"if", row.condition.Schema()}, {"then", row.consequence.Schema()}});
    }
    return schema;
  }

  Shape base;
  std::vector<Shape::Case> cases;
};

struct LimitedNode final : Shape::Node {
  LimitedNode(Shape limited, const Limit& its_limit) : base(std::move(limited)), limit(its_limit) {}

  void Check(const json& value, const std::string& attribute,
             std::vector<Fault>& faults) const override {
    if (limit.count(value) > limit.most) {
      AddFault(faults, attribute, "Input should have " + Words());
      return;
    }
    base.Check(value, attribute, faults);
  }
  ordered_json Schema() const override {
    ordered_json schema = base.Schema();
    schema["$comment"] = Words();
    return schema;
  }
  std::string Words() const {
    return "at most " + std::to_string(limit.most) + " " + limit.of_what;
  }

  Shape base;
  Limit limit;
};

}  // namespace

Shape Shape::AnyOf(std::vector<Shape> shapes) {
  return Shape(std::make_shared<AnyOfNode>(std::move(shapes)));
}
Shape Shape::When(Shape base, std::vector<Case> cases) {
  return Shape(std::make_shared<WhenNode>(std::move(base), std::move(cases)));
}
Shape Shape::Limited(Shape base, const Limit& limit) {
  return Shape(std::make_shared<LimitedNode>(std::move(base), limit));
}
Shape Shape::Nullable(Shape shape) { return AnyOf({std::move(shape), Null()}); }

}  // namespace twofactor
