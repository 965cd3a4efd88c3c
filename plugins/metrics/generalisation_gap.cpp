// generalisation_gap: how much better the network does on the samples it was trained on than on new ones.
//
//   generalisation_gap.accuracy = accuracy on training samples - accuracy on test samples   share of the samples
//   generalisation_gap.loss     = loss on test samples - loss on training samples           nats
//
//   Both are above 0 for a network that does better on its training samples. They are below 0 where the training
//   samples are the harder ones, for example with labels corrupted by label_noise, or by chance. Neither direction is
//   better: an untrained network has no gap either. Accuracy and loss (the data term) are as in the metrics of these
//   names, without what a regulariser does in training.
//
// See also: accuracy, loss, early_stopping.
#include "answers.hpp"

namespace {
using namespace pipeline;

class GeneralisationGap final : public Metric {
  MetricInfo describe() const override {
    return {.unit = "share of the samples",
            .better = Direction::neither,
            .looks = Looks::at_train_and_test,
            .unit_of = {{"loss", unit_of_the_loss}}};
  }
  void prepare(Evaluation& e) const override {
    for (const Split split : {Split::train, Split::test}) {
      answers::Right::prepare(e.on(split));
      answers::Losses::prepare(e.on(split));
    }
  }
  void measure(const Evaluation& e, Results& out) const override {
    const Evaluation &train = e.on(Split::train), &test = e.on(Split::test);
    out.value(answers::Right::share(train) - answers::Right::share(test), "accuracy");
    out.value(answers::Losses::mean(test) - answers::Losses::mean(train), "loss");
  }
};

}  // namespace

PIPELINE_METRIC(GeneralisationGap, generalisation_gap,
                "difference in accuracy and loss between training and test samples")
