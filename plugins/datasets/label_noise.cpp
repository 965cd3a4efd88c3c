// label_noise: spoils a share of the training labels, to see what memorises them.
//
//   spoiled   the first round(share * n) training samples in an order drawn from the seed (halves round up)
//   label'  = (label + 1 + u) mod classes,   u uniform in 0 .. classes - 2      always another class, each equally likely
//
//   The spoiled are marked (Samples::marked); inputs and test labels stay as they are. A larger share spoils the same
//   samples in the same way, and more; another seed spoils others.   share = 0 changes nothing.
//
// What [dataset] validation = N sets aside comes off the spoiled training set. Zhang et al. draw the new label
// from all classes: their share s is s * (1 - 1 / classes) here.
// Source: Zhang, Bengio, Hardt, Recht & Vinyals 2017, Understanding deep learning requires rethinking generalization,
// ICLR (partially corrupted labels); always another class as in Patrini et al. 2017, CVPR (symmetric noise).
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
             "share of the training labels that are spoiled, validation images' too")
        .neutral("0");
    p.whole("seed", seed, at_least(0), "another seed spoils other samples");
  }

  DataShape changed_shape(DataShape inner) const override {
    if (inner.classes < 2 && share > 0) throw std::invalid_argument("share needs another class to move a label to");
    return inner;
  }

  Data change(Data data) const override {
    Samples& train = data.train;
    const Random order(seed, "label_noise", "order", ""), labels(seed, "label_noise", "labels", "");
    const auto count = static_cast<std::size_t>(std::floor(share * static_cast<double>(train.size()) + 0.5));
    const std::vector<std::uint32_t> spoiled = order.permutation(train.size());
    train.marked.resize(train.size(), 0);
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t n = spoiled[i];
      train.labels[n] =
          static_cast<std::uint16_t>((train.labels[n] + 1 + labels.below(data.classes - 1, n)) % data.classes);
      train.marked[n] = 1;
    }
    return data;
  }
};

}  // namespace

PIPELINE_DATASET(LabelNoise, label_noise, "wrapper: spoils a share of the training labels")
