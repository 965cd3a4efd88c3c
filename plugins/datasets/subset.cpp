// subset: wrapper that keeps the same number of training samples of every class.
//
//   kept   of each class, the first per_class samples in an order drawn from the seed; they stay in file order
//
//   Test and validation samples are unchanged. A larger per_class keeps the same samples and more; another seed keeps
//   others. A class with fewer than per_class training samples is an error.
//
// See also: label_noise.
#include <pipeline/dataset.hpp>
#include <pipeline/quoted.hpp>
#include <pipeline/random.hpp>

#include <algorithm>

namespace {
using namespace pipeline;

class Subset final : public Wrapper {
  std::uint64_t per_class = 100, seed = 1;

  void declare(Parameters& p) override {
    p.whole("per_class", per_class, at_least(1), "number of training samples kept per class").must_be_given();
    p.whole("seed", seed, at_least(0).up_to(infinity), "seed of the choice; another seed keeps other samples");
  }

  DataShape changed_shape(DataShape inner) const override {
    if (per_class > inner.train || per_class * inner.classes > inner.train)
      throw Misfit("per_class", "= " + std::to_string(per_class) + " for each of " + std::to_string(inner.classes) +
                                    " classes is more than the training set of " + std::to_string(inner.train) +
                                    " samples");
    inner.train = per_class * inner.classes;
    return inner;
  }

  Data change(Data data) const override {
    const Samples& all = data.train;
    std::vector<std::size_t> count(data.classes);
    std::vector<arma::uword> kept;
    for (const std::uint32_t n : Random(seed, "subset", "", "").permutation(all.size()))
      if (++count[all.labels[n]] <= per_class) kept.push_back(n);
    if (const auto least = std::ranges::min_element(count); *least < per_class)
      throw std::runtime_error("class " + name_of(static_cast<std::size_t>(least - count.begin()), data) +
                               " has only " + std::to_string(*least) + " training samples: per_class can be at most " +
                               std::to_string(*least));
    std::ranges::sort(kept);
    data.train = only(all, kept);
    return data;
  }

  static std::string name_of(std::size_t label, const Data& data) {
    return data.class_names.empty() ? std::to_string(label) : pipeline::quoted(data.class_names[label]);
  }

  static Samples only(const Samples& all, const std::vector<arma::uword>& kept) {
    Samples out;
    out.scale = all.scale, out.offset = all.offset;
    const arma::uvec columns(kept);
    if (all.bytes.n_cols) out.bytes = all.bytes.cols(columns);
    if (all.floats.n_cols) out.floats = all.floats.cols(columns);
    for (const arma::uword n : kept) {
      out.labels.push_back(all.labels[n]);
      if (!all.marked.empty()) out.marked.push_back(all.marked[n]);
    }
    return out;
  }
};

}  // namespace

PIPELINE_DATASET(Subset, subset, "wrapper: keeps the same number of training samples of every class")
