// The order of rows whose last ones are set aside, for testing or for validation.
//
//   shuffle    in an order drawn from the seed
//   stratify   the rows set aside hold each class in proportion: of n_c rows of a class, n_c * count / n, rounded down.
//              The rows that are then still missing come one each from the classes with the largest remainders. Of
//              each class, its last rows in the order so far are set aside. A class loses all its rows only if no
//              other class has more than one left.
#pragma once
#include <pipeline/dataset.hpp>
#include <pipeline/random.hpp>

#include <algorithm>
#include <map>
#include <numeric>

namespace pipeline::datasets {

struct RowSplit {
  bool shuffle = false, stratify = false;
  std::uint64_t seed = 1;
  bool changes_order() const { return shuffle || stratify; }
};

/// How many of `count` rows belong to each class, where the classes have `sizes` rows; count is below their sum.
inline std::vector<std::size_t> in_proportion(const std::vector<std::size_t>& sizes, std::size_t count) {
  const std::size_t all = std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
  std::vector<std::size_t> taken, by_remainder(sizes.size());
  for (const std::size_t size : sizes) taken.push_back(size * count / all);
  std::iota(by_remainder.begin(), by_remainder.end(), std::size_t{0});
  std::ranges::stable_sort(by_remainder, std::greater(), [&](std::size_t c) { return sizes[c] * count % all; });
  std::size_t left = count - std::accumulate(taken.begin(), taken.end(), std::size_t{0});
  const auto give = [&](std::size_t most_each, std::size_t kept) {
    for (const std::size_t c : by_remainder) {
      if (taken[c] + kept >= sizes[c]) continue;
      const std::size_t more = std::min({left, most_each, sizes[c] - kept - taken[c]});
      taken[c] += more;
      left -= more;
    }
  };
  give(1, 1);      // one more each, while every class keeps a row
  give(count, 1);  // then whatever the classes can spare
  give(count, 0);
  return taken;
}

/// The rows in their new order: row order[i] goes to place i. The first of `set_aside` counts the rows taken off the end
/// of all, the next those taken off the end of what is left, and so on. Labels need only be comparable.
template <class Label>
std::vector<std::uint32_t> row_order(const std::vector<Label>& labels, const std::vector<std::size_t>& set_aside,
                                     const RowSplit& how) {
  std::vector<std::uint32_t> order(labels.size());
  std::iota(order.begin(), order.end(), 0u);
  if (how.shuffle) order = Random(how.seed, "row_split", "", "").permutation(labels.size());
  if (!how.stratify) return order;
  std::map<Label, std::size_t> numbers;
  for (const Label& label : labels) numbers.emplace(label, 0);
  std::size_t classes = 0;
  for (auto& [label, number] : numbers) number = classes++;
  std::vector<std::size_t> class_of;
  class_of.reserve(labels.size());
  for (const Label& label : labels) class_of.push_back(numbers.find(label)->second);
  std::size_t left = labels.size();
  for (const std::size_t count : set_aside) {
    if (count >= left) break;  // more than there are: the caller complains
    std::vector<std::size_t> sizes(classes, 0);
    for (std::size_t i = 0; i < left; ++i) ++sizes[class_of[order[i]]];
    std::vector<std::size_t> still = in_proportion(sizes, count);
    std::vector<bool> moves(labels.size(), false);
    for (std::size_t i = left; i-- > 0;)
      if (std::size_t& wanted = still[class_of[order[i]]]; wanted > 0) --wanted, moves[order[i]] = true;
    std::stable_partition(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(left),
                          [&](std::uint32_t row) { return !moves[row]; });
    left -= count;
  }
  return order;
}

template <class Value>
std::vector<Value> in_order(const std::vector<Value>& values, const std::vector<std::uint32_t>& order) {
  std::vector<Value> out;
  out.reserve(order.size());
  for (const std::uint32_t row : order) out.push_back(values[row]);
  return out;
}

/// Columns are rows of the table.
template <class Value>
arma::Mat<Value> in_order(const arma::Mat<Value>& columns, const std::vector<std::uint32_t>& order) {
  arma::Mat<Value> out(columns.n_rows, order.size(), arma::fill::none);
  for (std::size_t i = 0; i < order.size(); ++i) std::copy_n(columns.colptr(order[i]), columns.n_rows, out.colptr(i));
  return out;
}

}  // namespace pipeline::datasets
