#include <pipeline/test_samples.hpp>

namespace pipeline {

std::optional<TestDifference> test_difference(const RunResults& results, const std::string& first,
                                              const std::string& second) {
  const std::vector<std::uint16_t> labels = results.test_labels(), a = results.predicted(first),
                                   b = results.predicted(second);
  if (labels.empty() || a.size() != labels.size() || b.size() != labels.size()) return std::nullopt;
  TestDifference d;
  d.samples = labels.size();
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const bool a_right = a[i] == labels[i], b_right = b[i] == labels[i];
    d.both += a_right && b_right;
    d.only_first += a_right && !b_right;
    d.only_second += !a_right && b_right;
  }
  return d;
}

bool is_share_of_right_answers(const RunResults& results, const std::string& model, double value) {
  const auto own = test_difference(results, model, model);
  return own && std::abs(own->first() - value) <= 1e-8;
}

}  // namespace pipeline
