#include "running/missing_classes.hpp"

#include <algorithm>
#include <pipeline/quoted.hpp>
#include <set>

#include "base/names.hpp"

namespace pipeline::running {

namespace {

constexpr std::size_t kNamed = 5;     // classes that a warning names
constexpr std::size_t kLongest = 40;  // characters of a name without quotes

std::vector<bool> classes_in(const Samples& samples, std::size_t classes) {
  std::vector<bool> has(classes, false);
  for (const std::uint16_t label : samples.labels) has[label] = true;
  return has;
}

std::string name_of(std::size_t label, const Data& data) {
  if (data.class_names.empty()) return std::to_string(label);
  const std::string& name = data.class_names[label];
  return base::is_name(name) && name.size() <= kLongest ? name : pipeline::quoted(name);
}

/// "class setosa", "classes 0 and 1", "classes 0, 1, 2, 3, 4 and 17 more"
std::string named(const std::set<std::size_t>& classes, const Data& data) {
  std::string text = classes.size() == 1 ? "class " : "classes ";
  std::size_t shown = 0;
  for (const std::size_t c : classes) {
    if (shown == kNamed) break;
    const std::string before = shown == 0 ? "" : shown + 1 == classes.size() ? " and " : ", ";
    text += before + name_of(c, data);
    ++shown;
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
  std::vector<std::string> warnings, holders;
  const std::vector<bool> trained = classes_in(data.train, data.classes);
  const auto count = static_cast<std::size_t>(std::ranges::count(trained, true));
  std::set<std::size_t> unknown;  // to training
  const auto them = [](std::size_t classes) { return std::string(classes == 1 ? "it" : "them"); };
  for (const bool test : {false, true}) {
    const Samples& samples = test ? data.test : data.validation;
    if (samples.size() == 0) continue;
    const std::string split = test ? "test" : "validation";
    const std::vector<bool> present = classes_in(samples, data.classes);
    std::set<std::size_t> absent;
    bool holds_unknown = false;
    for (std::size_t c = 0; c < data.classes; ++c) {
      if (trained[c] && !present[c]) absent.insert(c);
      if (!trained[c] && present[c]) holds_unknown = true, unknown.insert(c);
    }
    if (holds_unknown) holders.push_back(split);
    if (absent.empty()) continue;
    const std::string more =
        test ? "add samples of " + them(absent.size()) + " to the test set" : "set more samples aside";
    warnings.push_back("there is no " + split + " sample of " + named(absent, data) + ", so measurements on the " +
                       split + " samples do not cover " + them(absent.size()) + "; " +
                       (samples.size() < count ? more : remedy(test, stratify, more)));
  }
  if (!unknown.empty())
    warnings.push_back("there is no training sample of " + named(unknown, data) + ", only " + holders.front() +
                       (holders.size() > 1 ? " and " + holders.back() : "") + " samples, so the models cannot learn " +
                       them(unknown.size()) + "; " +
                       remedy(holders.front() == "test", stratify, "add training samples of " + them(unknown.size())));
  return warnings;
}

}  // namespace pipeline::running
