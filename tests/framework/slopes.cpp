// The gradient equals the numerical slope of the loss and of every penalty; penalties are logged beside the loss.
#include <boost/test/unit_test.hpp>

#include "learning/loss.hpp"
#include "support/home_made.hpp"
#include "support/scratch.hpp"
#include "support/small_run.hpp"

using namespace support;
using namespace home_made;
using namespace pipeline;

namespace {

/// The loss of a batch plus all penalties at any weights, summed in double, from the pass of training step t.
struct Objective {
  const SmallStudy& study;
  const learning::Model& model;
  std::uint64_t t;

  double at(const Network& w, arma::umat* signs = nullptr) const {
    const std::vector<std::uint32_t> batch = study.batch(t);
    learning::Pass pass;
    pass.x.resize(w.depth());
    study.inputs.widen(batch, pass.x[0]);
    const Step step{t, study.rate, Random(0)};
    support::forward({model.products(), model.entries(), step, learning::Form::training, model.shape()}, w, pass);
    std::vector<std::uint16_t> labels;
    arma::fmat targets;
    for (const std::uint32_t n : batch) labels.push_back(study.samples.labels[n]);
    std::vector<double> losses(batch.size());
    learning::one_hot(labels, study.shape.sizes.back(), targets);
    learning::sample_losses(model.shape().loss, pass.logits(), labels, losses);
    if (signs) {
      signs->reset();
      for (std::size_t l : {1, 2}) {
        const ActivationFunction f = study.shape.activation(l);
        const bool has_kink = f == ActivationFunction::relu || f == ActivationFunction::leaky_relu;
        if (has_kink) *signs = arma::join_cols(*signs, arma::umat(pass.before_activation(l) > 0));
      }
    }
    return std::accumulate(losses.begin(), losses.end(), 0.0) / double(batch.size()) + model.weight_penalty(w) +
           model.batch_penalty(w, pass, targets);
  }
};

arma::fmat& array_of(Network& n, std::size_t layer, bool bias) {
  return bias ? static_cast<arma::fmat&>(n.layer(layer).b) : n.layer(layer).W;
}

/// Moves one array at a time, back and forth along directions that are half gradient and half random, and compares the
/// rise of the objective with the rise that the gradient predicts.
template <class... Entry>
void check_slopes(const SmallStudy& study, std::uint64_t trained, Entry... entries) {
  const auto model = study.model_of(std::move(entries)...);
  study.train(*model, 0, trained);
  Network gradient = model->gradient(trained, study.inputs, study.batch(trained));
  const Objective objective{study, *model, trained};
  const Random draws(5, "test", "directions", "");
  // Curved functions need smaller steps: the error grows with h^2.
  const bool is_relu = study.shape.activations.empty() && study.shape.loss == LossFunction::cross_entropy;
  const float largest = is_relu ? 0.01f : 0.004f;
  int compared = 0;
  for (std::size_t l = 1; l <= 3; ++l)
    for (const bool bias : {false, true})
      for (std::uint32_t direction = 0; direction < 3; ++direction) {
        const arma::fmat& g = array_of(gradient, l, bias);
        arma::fmat d(g.n_rows, g.n_cols);
        for (arma::uword i = 0; i < d.n_elem; ++i) d[i] = float(draws.in_layer(direction).normal(i));
        d = d / arma::norm(d, "fro") + g / arma::norm(g, "fro");
        // Halve the distance until no ReLU switches on or off along it, because a kink has no slope. The signs decide
        // this, not the result. Functions without a kink take the distance as it is.
        for (float h = largest; h > 0.0005f; h /= 2) {
          Network ahead = model->network(), behind = ahead;
          array_of(ahead, l, bias) += h * d;
          array_of(behind, l, bias) -= h * d;
          arma::umat signs_ahead, signs_behind;
          const double rise = objective.at(ahead, &signs_ahead) - objective.at(behind, &signs_behind);
          if (arma::any(arma::vectorise(signs_ahead != signs_behind))) continue;
          const arma::mat moved = arma::conv_to<arma::mat>::from(array_of(ahead, l, bias)) -
                                  arma::conv_to<arma::mat>::from(array_of(behind, l, bias));
          const double slope = arma::accu(moved % arma::conv_to<arma::mat>::from(g));
          ++compared;
          // 1e-3: the third derivative times h^2, and logits rounded to float32 (6e-8) in a rise of about 1e-4.
          BOOST_CHECK_MESSAGE(std::abs(rise - slope) <= 1e-3 * std::abs(slope) + 1e-7,
                              "layer " << l << (bias ? " biases" : " weights") << ": rises by " << rise
                                       << ", the gradient predicts " << slope);
          break;
        }
      }
  BOOST_TEST(compared >= 9);  // of 18; a direction is skipped if some ReLU is too close to its kink
}

std::shared_ptr<LayerPenaltyHook> layer_penalty(double strength) {
  const auto p = std::make_shared<LayerPenaltyHook>();
  p->strength = strength;
  return p;
}
std::shared_ptr<ActivationPenaltyHook> activation_penalty(double strength) {
  const auto p = std::make_shared<ActivationPenaltyHook>();
  p->strength = strength;
  return p;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(slopes)

BOOST_AUTO_TEST_CASE(of_the_loss) {
  const SmallStudy study;
  for (const std::uint64_t trained : {0, 30}) check_slopes(study, trained);
}

BOOST_AUTO_TEST_CASE(of_every_loss_behind_every_activation) {
  for (const LossFunction loss : kLosses)
    for (const ActivationFunction f : kActivations)
      for (const ActivationFunction second : {f, ActivationFunction::relu}) {
        BOOST_TEST_CONTEXT(name_of(loss) << ", " << name_of(f) << ", " << name_of(second)) {
          SmallStudy study;
          study.shape.activations = {f, second};
          study.shape.loss = loss;
          check_slopes(study, 5);
          check_slopes(study, 5, plugin("batch_norm"), plugin("dropout", {{"keep_prob", "0.8"}}));
        }
      }
}

BOOST_AUTO_TEST_CASE(of_the_loss_from_every_start) {
  for (const auto rule : learning::kStarts) {
    if (rule == learning::StartingWeights::Rule::zero) continue;  // every ReLU is at its kink or off
    BOOST_TEST_CONTEXT(name_of(rule)) {
      SmallStudy study;
      study.shape.activations = {ActivationFunction::elu, ActivationFunction::elu};  // no kink to step over
      study.start = learning::starting_network(study.shape, {.rule = rule}, 1);
      check_slopes(study, 5);
    }
  }
}

BOOST_AUTO_TEST_CASE(of_the_loss_under_dropout) {
  const SmallStudy study;
  for (const std::uint64_t trained : {0, 30}) check_slopes(study, trained, plugin("dropout", {{"keep_prob", "0.8"}}));
}

BOOST_AUTO_TEST_CASE(of_weight_penalties) {
  const SmallStudy study;
  check_slopes(study, 5, plugin("l2", {{"lambda", "0.1"}}));
  check_slopes(study, 5, plugin("l2", {{"lambda", "0.1"}}, with_biases()));
  check_slopes(study, 5, plugin("l2", {{"lambda", "0.1"}}, only_layer(2)), plugin("dropout"));
}

BOOST_AUTO_TEST_CASE(of_layer_penalties) {
  const SmallStudy study;
  check_slopes(study, 5, entry("penalty", layer_penalty(0.1), with_biases()));
  check_slopes(study, 5, entry("penalty", layer_penalty(0.1)));
  check_slopes(study, 5, entry("penalty", layer_penalty(0.1), only_layer(3)), plugin("l2", {{"lambda", "0.05"}}));
}

BOOST_AUTO_TEST_CASE(of_activation_penalties) {
  const SmallStudy study;
  check_slopes(study, 5, entry("penalty", activation_penalty(0.2)));
  check_slopes(study, 5, entry("penalty", activation_penalty(0.2), only_layer(1)));
  check_slopes(study, 5, plugin("dropout"), entry("penalty", activation_penalty(0.2)));  // its h is that after dropout
  check_slopes(study, 5, entry("logits", activation_penalty(0.2), only_layer(3)));
}

BOOST_AUTO_TEST_CASE(every_kind_of_penalty_is_logged_beside_the_loss) {
  const Scratch scratch;
  const auto add = [](experiment::Pipeline& d) {
    const auto constant = [](auto hook, double value) {
      hook->value_ = [=](auto&&...) { return value; };
      return hook;
    };
    using Layers = learning::Scope;
    const std::shared_ptr<Regulariser> tiles = constant(std::make_shared<TileHooks>(), 1),
                                       layers = constant(std::make_shared<LayerPenaltyHook>(), 1000),
                                       activations = constant(std::make_shared<ActivationPenaltyHook>(), 1e6);
    const auto on_logits = constant(std::make_shared<ActivationPenaltyHook>(), 1e6);
    on_logits->what = Penalised::logits;
    d.models.push_back({"weights", {entry_of("p", tiles)}, 0.1});
    d.models.push_back({"biases", {entry_of("p", tiles, Layers{true, {}, true})}, 0.1});
    d.models.push_back({"layers", {entry_of("p", layers)}, 0.1});
    d.models.push_back({"activations", {entry_of("p", activations, Layers{false, {2, 3}, false})}, 0.1});
    d.models.push_back({"logits", {entry_of("p", on_logits)}, 0.1});
    d.models.push_back({"all", {entry_of("t", tiles), entry_of("l", layers), entry_of("a", activations)}, 0.1});
  };
  // 700 images are a block of 500 and one of 200, which must be weighted by their numbers of images.
  const SmallRun run(scratch, small_pipeline(2, 100, 700) + "[model:plain]\n[metric:loss]\nevery = 1\n", add);
  run.in("run");
  const std::string csv = run.file_of("run", "metrics.csv");
  const auto penalty = [&](const char* model) { return last_value(csv, model, "loss.penalty"); };
  const double tiles = 784 + 32 + 16;
  BOOST_TEST(penalty("control") == 0);
  BOOST_TEST(penalty("plain") == 0);
  BOOST_TEST(penalty("weights") == tiles);
  BOOST_TEST(penalty("biases") == tiles + 2);
  // Sums over blocks: 5/7 and 2/7 of whole numbers, each rounded once, printed with 9 digits.
  BOOST_TEST(penalty("layers") == 3000, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(penalty("activations") == 1e6, boost::test_tools::tolerance(1e-9));  // of layer 2; layer 3 has the logits
  BOOST_TEST(penalty("logits") == 1e6, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(penalty("all") == tiles + 3000 + 2e6, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_SUITE_END()
