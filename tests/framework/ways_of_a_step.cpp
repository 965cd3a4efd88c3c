// A model computes a step in different ways, depending on its hooks: with weights in panels or plain, with the gradient
// stored or not, with a complete backward pass or only where activations are not zero. The results must be the same to
// the bit.
#include <boost/test/unit_test.hpp>

#include "kernels/products.hpp"
#include "support/small_model.hpp"

using namespace pipeline;
using namespace pipeline::learning;
using support::same_bits;

namespace {

struct SeesGradients final : Regulariser, GradientChange {
  void change(std::span<const float>, std::span<float>, const Tile&, const Step&) const override {}
};

}  // namespace

BOOST_AUTO_TEST_SUITE(ways_of_a_step)

BOOST_AUTO_TEST_CASE(a_model_learns_the_same_bits_whether_or_not_its_gradient_is_seen_or_stored) {
  struct Stores final : Regulariser, NetworkGradientChange {
    void change(const Network&, Network&, const Step&) const override {}
  };
  const support::SmallStudy study({20, 130, 37, 5});
  const auto none = study.model({}), sees = study.model_of(support::entry("sees", std::make_shared<SeesGradients>())),
             stores = study.model_of(support::entry("stores", std::make_shared<Stores>()));
  for (learning::Model* m : {none.get(), sees.get(), stores.get()}) study.train(*m, 0, 30);
  BOOST_TEST(same_bits(none->network(), sees->network()));
  BOOST_TEST(same_bits(none->network(), stores->network()));
  BOOST_TEST(!same_bits(none->network(), study.start));
}

BOOST_AUTO_TEST_CASE(weights_changed_by_tile_or_by_layer_have_the_same_bits) {
  struct ByTile final : Regulariser, WeightTileChange {
    void forward_tile(std::span<float> w, const Tile& tile, const Step& step) const override {
      const Random draws = step.random.in_layer(std::uint32_t(tile.layer));
      for (std::size_t i = 0; i < w.size(); ++i) w[i] *= float(1 + .1 * draws.uniform(tile.input * w.size() + i));
    }
    void backward_tile(std::span<float> g, const Tile& tile, const Step& step) const override {
      forward_tile(g, tile, step);
    }
  };
  struct ByLayer final : Regulariser, WeightChange {
    ByTile tiles;
    void forward(Layer& copy, std::size_t layer, const Step& step) const override { tiles.forward(copy, layer, step); }
    void backward(Layer& g, std::size_t layer, const Step& step) const override { tiles.backward(g, layer, step); }
  };
  const support::SmallStudy study({20, 130, 37, 5});
  for (const Scope& scope : {Scope{}, support::with_biases(), support::only_layer(2)})
    for (const bool l1 : {false, true}) {  // a penalty is on the unchanged weights
      const auto model = [&](auto change) {
        Entries entries;
        entries.push_back(support::entry("change", std::move(change), scope));
        if (l1) entries.push_back(support::plugin("l1", {{"lambda", ".01"}}));
        return study.model(std::move(entries));
      };
      const auto by_tile = model(std::make_shared<ByTile>()), by_layer = model(std::make_shared<ByLayer>());
      for (learning::Model* m : {by_tile.get(), by_layer.get()}) study.train(*m, 0, 30);
      BOOST_TEST(same_bits(by_tile->network(), by_layer->network()));
      BOOST_TEST(same_bits(by_tile->gradient(30, study.inputs, study.batch(30)),
                           by_layer->gradient(30, study.inputs, study.batch(30))));
      BOOST_TEST(!same_bits(by_tile->network(), study.start));
    }
}

BOOST_AUTO_TEST_CASE(a_squared_penalty_has_the_same_bits_within_the_update_and_with_another_hook) {
  using support::only_layer;
  const auto l2 = [](const char* lambda, Scope scope) { return support::plugin("l2", {{"lambda", lambda}}, scope); };
  const auto l1 = [](Scope scope) { return support::plugin("l1", {{"lambda", ".01"}}, scope); };
  struct Penalties {
    const char* what;
    Entries entries;
    bool within;  // whether the penalty is part of the update
  };
  const std::vector<Penalties> all = {
      {"all layers", {l2(".01", {})}, true},
      {"biases too", {l2(".01", support::with_biases())}, true},
      {"one layer", {l2(".01", only_layer(2))}, true},
      {"one each", {l2(".01", only_layer(1)), l2(".02", only_layer(3))}, true},
      {"two on one layer", {l2(".01", {}), l2(".02", only_layer(2))}, false},
      {"beside l1 elsewhere", {l1(only_layer(1)), l2(".01", only_layer(2))}, false},
      {"beside l1", {l2(".01", {}), l1(only_layer(2))}, false},
  };
  const support::SmallStudy study({20, 130, 37, 5});
  std::vector<Network> learnt = {study.start};
  for (const Penalties& p : all) BOOST_TEST_CONTEXT(p.what) {
      Entries with = p.entries;
      with.push_back(support::entry("sees", std::make_shared<SeesGradients>()));
      const auto alone = study.model(p.entries), seen = study.model(with);
      for (learning::Model* m : {alone.get(), seen.get()}) study.train(*m, 0, 30);
      BOOST_TEST(alone->updates_within_products() == p.within);
      BOOST_TEST(!seen->updates_within_products());
      BOOST_TEST(same_bits(alone->network(), seen->network()));
      for (const Network& other : learnt) BOOST_TEST(!same_bits(alone->network(), other));
      learnt.push_back(alone->network());
    }
}

BOOST_AUTO_TEST_CASE(a_squared_penalty_that_overflows_within_the_update_makes_the_model_diverge) {
  const support::SmallStudy study;
  const auto model = study.model_of(support::plugin("l2", {{"lambda", "3e38"}}));
  BOOST_CHECK_THROW(study.train(*model, 0, 5), Diverged);
}

BOOST_AUTO_TEST_CASE(in_a_large_batch_the_weights_of_inputs_that_are_always_zero_do_not_change) {
  support::SmallStudy study({300, 130, 5});
  study.batch_size = 50;
  study.samples = support::few_samples(300, 5, 400);
  for (arma::uword i = 0; i < 300; i += 3) study.samples.bytes.row(i).zeros();
  const learning::Inputs inputs(study.samples);
  const auto none = study.model({}), seen = study.model_of(support::entry("sees", std::make_shared<SeesGradients>()));
  Batches batches(1, study.samples.size(), 300);
  for (learning::Model* m : {none.get(), seen.get()})
    for (std::uint64_t t = 0; t < 5; ++t) m->step(t, inputs, batches.at(t));
  BOOST_TEST(same_bits(none->network(), seen->network()));
  for (arma::uword i = 0; i < 300; i += 3)
    BOOST_TEST(same_bits(arma::fmat(none->network().layer(1).W.col(i)), arma::fmat(study.start.layer(1).W.col(i))));
}

BOOST_AUTO_TEST_CASE(a_mask_has_the_same_bits_whether_or_not_it_is_declared_as_one) {
  struct Half final : Regulariser, ActivationScale {
    void scale(Activations h, const Step& step) const override {
      const Random draws = step.random.in_layer(static_cast<std::uint32_t>(h.layer));
      for (arma::uword i = 0; i < h.values.n_elem; ++i) h.values[i] = draws.uniform(i) < .5 ? 2 * h.values[i] : 0;
    }
  };
  struct Same final : Regulariser, ActivationChange {
    Half half;
    void forward(Activations h, const Step& step) const override { half.scale(h, step); }
    void backward(Activations g, const Step& step) const override { half.scale(g, step); }
  };
  const support::SmallStudy study({20, 130, 37, 5});
  const auto known = study.model_of(support::entry("mask", std::make_shared<Half>())),
             hidden = study.model_of(support::entry("mask", std::make_shared<Same>()));
  for (learning::Model* m : {known.get(), hidden.get()}) study.train(*m, 0, 30);
  BOOST_TEST(same_bits(known->network(), hidden->network()));
  BOOST_TEST(!same_bits(known->network(), study.start));
}

BOOST_AUTO_TEST_CASE(a_penalty_with_a_gradient_at_zero_has_the_same_bits_whether_or_not_the_backward_pass_skips_zeros) {
  struct Sum final : Regulariser, ActivationPenalty {
    double value(const PenalisedUnits& units, const Step&) const override {
      return arma::accu(units.h) / double(units.h.n_cols);
    }
    void add_gradient(const PenalisedUnits& units, arma::fmat& gradient, const Step&) const override {
      gradient += 1 / float(units.h.n_cols);
    }
  };
  struct Nothing final : Regulariser, ActivationChange {  // the engine must assume that it makes zeros non-zero
    void forward(Activations, const Step&) const override {}
    void backward(Activations, const Step&) const override {}
  };
  const support::SmallStudy study({20, 130, 37, 5});
  const auto sum = [] { return support::entry("sum", std::make_shared<Sum>()); };
  const auto skips = study.model({sum()}),
             seen = study.model({sum(), support::entry("sees", std::make_shared<SeesGradients>())}),
             whole = study.model({sum(), support::entry("nothing", std::make_shared<Nothing>())}),
             none = study.model({});
  for (learning::Model* m : {skips.get(), seen.get(), whole.get(), none.get()}) study.train(*m, 0, 30);
  BOOST_TEST(same_bits(skips->network(), seen->network()));
  BOOST_TEST(same_bits(skips->network(), whole->network()));
  BOOST_TEST(!same_bits(skips->network(), none->network()));
}

BOOST_AUTO_TEST_CASE(asking_for_a_gradient_and_going_back_do_not_change_the_training) {
  const support::SmallStudy study({20, 130, 37, 5});
  const auto asked = study.model({}), left = study.model({});
  study.train(*left, 0, 20);
  study.train(*asked, 0, 10);
  const Network at_ten = asked->network();
  asked->gradient(10, study.inputs, study.batch(10));
  asked->remember(0);
  study.train(*asked, 10, 15);
  asked->restore();
  BOOST_TEST(same_bits(asked->network(), at_ten));
  study.train(*asked, 10, 20);
  BOOST_TEST(same_bits(asked->network(), left->network()));
}

BOOST_AUTO_TEST_CASE(both_kernel_backends_learn_the_same_up_to_rounding) {
  const support::SmallStudy study({20, 130, 37, 5});
  const auto learnt = [&](kernels::Backend backend) {
    Model m("model", study.start, {}, study.rate, {}, 5, kernels::Products(backend));
    study.train(m, 0, 20);
    return m.network();
  };
  const Network own = learnt(kernels::Backend::own), blas = learnt(kernels::Backend::blas);
  for (std::size_t l = 1; l <= 3; ++l)
    // 20 steps with a few roundings of numbers near .1.
    BOOST_TEST(arma::abs(own.layer(l).W - blas.layer(l).W).max() < 2e-6);
}

BOOST_AUTO_TEST_SUITE_END()
