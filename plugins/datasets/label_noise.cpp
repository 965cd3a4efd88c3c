// label_noise: wrapper that corrupts a share of the training labels, to show which models memorise them.
//
//   corrupted   the first round(share * n) training samples in an order drawn from the seed (halves round up)
//   label'      (label + 1 + u) mod classes,   u uniform in 0 .. classes - 2: each other class is equally likely
//
//   Corrupted samples are marked (Samples::marked); inputs and test labels are unchanged. A larger share corrupts the
//   same samples in the same way, and more; another seed corrupts others.   share = 0 changes nothing.
//
//   The validation samples of [dataset] validation = N count as the last training samples here: they are
//   corrupted like the others. Zhang et al. draw the new label from all classes: their share s is s * (1 - 1 / classes)
//   here.
//
// Source: Zhang, Bengio, Hardt, Recht & Vinyals 2017, Understanding deep learning requires rethinking generalization,
// ICLR (partially corrupted labels); always another class as in Patrini et al. 2017, CVPR (symmetric noise).
// See also: fitted_noise, subset.
#include <pipeline/dataset.hpp>
#include <pipeline/random.hpp>

#include <cmath>

namespace {
using namespace pipeline;

class LabelNoise final : public Wrapper {
  double share = 0.2;
  std::uint64_t seed = 1;

  void declare(Parameters& p) override {
    p.number("share", share, at_least(0).up_to(1),
             "share of the training labels that are corrupted, those of validation samples included")
        .neutral("0");
    p.whole("seed", seed, at_least(0).up_to(infinity), "seed of the choice; another seed corrupts other samples");
  }

  DataShape changed_shape(DataShape inner) const override {
    if (inner.classes < 2 && share > 0) throw Misfit("share", "must be 0 where the dataset has only one class");
    return inner;
  }

  Data change(Data data) const override {
    Samples &train = data.train, &validation = data.validation;
    const std::size_t all = train.size() + validation.size();
    const Random order(seed, "label_noise", "order", ""), labels(seed, "label_noise", "labels", "");
    const auto count = static_cast<std::size_t>(std::floor(share * static_cast<double>(all) + 0.5));
    const std::vector<std::uint32_t> corrupted = order.permutation(all);
    for (Samples* s : {&train, &validation}) s->marked.resize(s->size(), 0);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t n = corrupted[i];
      Samples& s = n < train.size() ? train : validation;
      const std::size_t at = n < train.size() ? n : n - train.size();
      s.labels[at] = static_cast<std::uint16_t>((s.labels[at] + 1 + labels.below(data.classes - 1, n)) % data.classes);
      s.marked[at] = 1;
    }
    return data;
  }
};

}  // namespace

PIPELINE_DATASET(LabelNoise, label_noise, "wrapper: corrupts a share of the training labels")
