#include "running/missing_classes.hpp"

#include <algorithm>

namespace pipeline::running {

namespace {

constexpr std::size_t kNamed = 5;  // classes that a warning names

std::vector<bool> classes_in(const Samples& samples, std::size_t classes) {
  std::vector<bool> has(classes, false);
  for (const std::uint16_t label : samples.labels) has[label] = true;
  return has;
}

/// "class setosa", "classes 0 and 1", "classes 0, 1, 2, 3, 4 and 17 more"
std::string named(const std::vector<std::size_t>& classes, const Data& data) {
  std::string text = classes.size() == 1 ? "class " : "classes ";
  const std::size_t shown = std::min(classes.size(), kNamed);
  for (std::size_t i = 0; i < shown; ++i) {
    const bool last = i + 1 == classes.size();
    text += (i == 0 ? ""
             : last ? " and "
                    : ", ") +
            (data.class_names.empty() ? std::to_string(classes[i]) : data.class_names[classes[i]]);
  }
  return text + (classes.size() > shown ? " and " + std::to_string(classes.size() - shown) + " more" : "");
}

/// Stratifying, where the dataset offers it; otherwise something else.
std::string remedy(bool test, Stratify stratify, const std::string& otherwise) {
  if (stratify != Stratify::off) return otherwise;
  return std::string("set stratify = yes in [dataset]") +
         (test ? " if the test set is taken off the training file; otherwise " + otherwise : "");
}

}  // namespace

std::vector<std::string> missing_classes(const Data& data, Stratify stratify) {
  std::vector<std::string> warnings;
  const std::vector<bool> trained = classes_in(data.train, data.classes);
  const auto count = static_cast<std::size_t>(std::ranges::count(trained, true));
  for (const bool test : {false, true}) {
    const Samples& samples = test ? data.test : data.validation;
    if (samples.size() == 0) continue;
    const std::vector<bool> present = classes_in(samples, data.classes);
    std::vector<std::size_t> absent, unknown;
    for (std::size_t c = 0; c < data.classes; ++c) {
      if (trained[c] && !present[c]) absent.push_back(c);
      if (!trained[c] && present[c]) unknown.push_back(c);
    }
    const std::string split = test ? "test" : "validation";
    const auto them = [](const std::vector<std::size_t>& classes) {
      return std::string(classes.size() == 1 ? "it" : "them");
    };
    if (!absent.empty()) {
      const std::string more = test ? "add samples of " + them(absent) + " to the test set" : "set more samples aside";
      warnings.push_back("there is no " + split + " sample of " + named(absent, data) + ", so measurements on the " +
                         split + " samples do not cover " + them(absent) + "; " +
                         (samples.size() < count ? more : remedy(test, stratify, more)));
    }
    if (!unknown.empty())
      warnings.push_back("there is no training sample of " + named(unknown, data) + ", only " + split +
                         " samples, so the models cannot learn " + them(unknown) + "; " +
                         remedy(test, stratify, "add training samples of " + them(unknown)));
  }
  return warnings;
}

}  // namespace pipeline::running
