#ifndef TWOFACTOR_HELPERD_TWOFACTORD_API_QUERY_SHAPE_H_
#define TWOFACTOR_HELPERD_TWOFACTORD_API_QUERY_SHAPE_H_

#include "helperd/messages/shape.h"

namespace twofactor {

// The parameters of a *.query method: what ParseQuery takes.
Shape FiltersShape();
Shape QueryOptionsShape();
// What such a method answers about entries of this shape: a list, with `get` one of them, with
// `count` how many; with `select` some fields only.
Shape QueryResultShape(const Shape& entry);
// The same where `select` may give fields other names.
Shape RenamedQueryResultShape(const Shape& entry);

}  // namespace twofactor

#endif  // TWOFACTOR_HELPERD_TWOFACTORD_API_QUERY_SHAPE_H_
