#include "experiment/data_shape.hpp"

#include <stdexcept>

namespace pipeline::experiment {

namespace {

constexpr std::size_t kMostClasses = 65'536;  // labels have 16 bits

std::string text(std::size_t n) { return std::to_string(n); }
std::string text(const ImageShape& i) { return text(i.height) + " x " + text(i.width) + " x " + text(i.channels); }

/// Whether height x width x channels is this number, however large they are.
bool is_product(const ImageShape& i, std::size_t features) {
  return i.height > 0 && i.width > 0 && features % i.height == 0 && features / i.height % i.width == 0 &&
         features / i.height / i.width == i.channels;
}

}  // namespace

std::string description(const DataShape& s) {
  return text(s.train) + " + " + (s.validation ? text(s.validation) + " + " : "") + text(s.test) + " samples of " +
         text(s.features) + " features" + (s.image == ImageShape() ? "" : " (" + text(s.image) + ")") + " in " +
         text(s.classes) + " classes";
}

void check_shape(const DataShape& s) {
  const auto none = [](const std::string& what) { throw std::runtime_error("has no " + what); };
  if (s.train == 0) none("training samples");
  if (s.test == 0) none("test samples");
  if (s.features == 0) none("features");
  if (s.classes == 0) none("classes");
  if (s.classes > kMostClasses)
    throw std::runtime_error("has " + text(s.classes) + " classes; at most " + text(kMostClasses) + " are possible");
  if (s.image != ImageShape() && !is_product(s.image, s.features))
    throw std::runtime_error("has images of " + text(s.image) + " pixels but " + text(s.features) + " features");
}

void set_aside_validation(const Pipeline& p, DataShape& shape, config::Complaints& complaints) {
  if (p.validation < shape.train) {
    shape.train -= p.validation;
    shape.validation = p.validation;
  } else if (!complaints.about(p.validation_word)) {
    complaints.add(p.validation_word,
                   "validation = " + text(p.validation) + " leaves nothing of the training set of " + text(shape.train),
                   "set fewer aside");
  }
}

}  // namespace pipeline::experiment
