#include "running/checked_data.hpp"

#include <algorithm>
#include <cmath>
#include <pipeline/quoted.hpp>
#include <set>
#include <stdexcept>

#include "base/numbers.hpp"
#include "experiment/data_shape.hpp"
#include "kernels/elementwise.hpp"

namespace pipeline::running {

namespace {

/// Throws if the parts of a loaded set do not fit each other or the rest of the data.
void check(const Samples& s, const std::string& split, const Data& data) {
  const auto text = [](std::size_t n) { return std::to_string(n); };
  if (!s.bytes.empty() && !s.floats.empty())
    throw std::runtime_error("has " + split + " samples as bytes and as floats; one of the two must be empty");
  if (s.features() != data.train.features())
    throw std::runtime_error("has " + text(data.train.features()) + " features for training and " + text(s.features()) +
                             " for " + split + " samples");
  if (s.labels.size() != s.size())
    throw std::runtime_error("has " + text(s.labels.size()) + " labels for " + text(s.size()) + " " + split +
                             " samples");
  if (const auto bad = std::ranges::find_if(s.labels, [&](std::uint16_t label) { return label >= data.classes; });
      bad != s.labels.end())
    throw std::runtime_error("has the " + split + " label " + text(*bad) + " but only " + text(data.classes) +
                             " classes");
  if (!s.marked.empty() && s.marked.size() != s.size())
    throw std::runtime_error("has " + text(s.marked.size()) + " marks for " + text(s.size()) + " " + split +
                             " samples");
  if (const auto bad = std::ranges::find_if(s.marked, [](std::uint8_t mark) { return mark > 1; });
      bad != s.marked.end())
    throw std::runtime_error("has the " + split + " mark " + text(*bad) + "; a mark is 0 or 1");
  if (s.floats.n_elem && !kernels::all_finite(s.floats))
    throw std::runtime_error("has a " + split + " value that is not finite");
  if (!s.bytes.empty() && !(std::isfinite(s.scale) && s.scale != 0 && std::isfinite(s.offset) &&
                            std::isfinite(static_cast<float>(s.offset + 255 * s.scale))))
    throw std::runtime_error("has " + split + " bytes with scale " + base::shortest(s.scale) + " and offset " +
                             base::shortest(s.offset) + ": their values must differ and be finite");
}

}  // namespace

DataShape checked_shape(const Data& data) {
  const DataShape shape{data.train.features(), data.classes, data.train.size(),
                        data.test.size(),      data.image,   data.validation.size()};
  experiment::check_shape(shape);
  check(data.train, "training", data);
  check(data.test, "test", data);
  if (shape.validation) check(data.validation, "validation", data);
  if (!data.class_names.empty() && data.class_names.size() != data.classes)
    throw std::runtime_error("has " + std::to_string(data.class_names.size()) + " class names for " +
                             std::to_string(data.classes) + " classes");
  std::set<std::string> names;
  for (const std::string& name : data.class_names)
    if (!names.insert(name).second) throw std::runtime_error("has two classes named " + pipeline::quoted(name));
  return shape;
}

}  // namespace pipeline::running
