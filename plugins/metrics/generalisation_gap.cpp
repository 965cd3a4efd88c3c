// generalisation_gap: how much better the network does on the images it was trained on than on new ones.
//
//   generalisation_gap.accuracy = accuracy on training images - accuracy on test images     share of the images
//   generalisation_gap.loss     = loss on test images - loss on training images             nats
//
//   Both are above 0 for a network that knows its training images better; lower is better, below 0 is chance.
//   Accuracy and loss (the data term) as in the metrics of these names, without what a regulariser does in training.
#include "answers.hpp"

namespace {
using namespace pipeline;

class GeneralisationGap final : public Metric {
  MetricInfo describe() const override {
    return {.unit = "share of the images; nats",
            .better = Direction::lower,
            .looks = Looks::at_train_and_test,
            .better_for = {"accuracy", "loss"}};
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

PIPELINE_METRIC(GeneralisationGap, generalisation_gap, "accuracy and loss on training images against test images")
