// The optimiser within a step: its place among the hooks, its arrays, and what happens when it fails.
#include <boost/test/unit_test.hpp>

#include "kernels/elementwise.hpp"
#include "plugins/catalogue.hpp"
#include "support/by_hand.hpp"

using namespace support;
using namespace pipeline;

namespace {

/// Made of these calls; a model's copy gets the same ones.
struct Calls {
  std::function<void(std::span<const float>, std::span<float>, const Tile&, const Step&)> direction = [](auto&&...) {};
  std::function<void(State&)> declare_state = [](State&) {};
};

class Calling final : public Optimiser {
 public:
  explicit Calling(Calls calls) : calls_(std::move(calls)) {}
  float default_rate() const override { return 1; }
  void declare_state(State& state) override { calls_.declare_state(state); }
  void direction(std::span<const float> w, std::span<float> g, const Tile& t, const Step& s) const override {
    calls_.direction(w, g, t, s);
  }

 private:
  Calls calls_;
};

learning::LiveOptimiser calling(const Calls& calls) {
  return {"calling", [=] { return std::make_shared<Calling>(calls); }, 1, "model"};
}

template <class... Entry>
std::unique_ptr<learning::Model> model_with(const SmallStudy& study, learning::LiveOptimiser how, Entry... one) {
  learning::Entries entries;
  (entries.push_back(std::move(one)), ...);
  return std::make_unique<learning::Model>("model", study.start, std::move(entries), study.rate, ImageShape{},
                                           study.shape.sizes.back(), kernels::Products(), std::move(how));
}

/// Adds 1 to the gradient, doubles the weights before the update, and notes the order.
class Around final : public Regulariser, public GradientChange, public BeforeUpdate, public AfterUpdate {
 public:
  explicit Around(std::string& order) : order_(order) {}
  void change(std::span<const float>, std::span<float> g, const Tile&, const Step&) const override {
    for (float& x : g) x += 1;
    order_ += 'g';
  }
  void before_update(std::span<float> w, const Tile&, const Step&) const override {
    for (float& x : w) x *= 2;
    order_ += 'b';
  }
  void after_update(std::span<float>, const Tile&, const Step&) const override { order_ += 'a'; }

 private:
  std::string& order_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(optimisers)

BOOST_AUTO_TEST_CASE(it_comes_after_the_gradient_hooks_and_between_those_of_the_update) {
  const SmallStudy study({3, 2});
  std::string order;
  Network seen_w = study.start, seen_g = study.start;
  Calls calls;
  calls.direction = [&](std::span<const float> w, std::span<float> g, const Tile& t, const Step&) {
    const auto into = [&](Network& n) {
      return t.kind == Kind::bias ? n.layer(1).b.memptr() : n.layer(1).W.colptr(t.input);
    };
    std::ranges::copy(w, into(seen_w)), std::ranges::copy(g, into(seen_g));
    std::ranges::fill(g, 0.5f);
    order += 'd';
  };
  const auto model = model_with(study, calling(calls), entry("around", std::make_shared<Around>(order), with_biases()));
  const Network data = study.model({})->gradient(0, study.inputs, study.batch(0));
  study.train(*model, 0, 1);
  BOOST_TEST(order == "gbdagbdagbdagbda");  // three inputs and the biases
  arma::fmat g = data.layer(1).W + 1.f, w = study.start.layer(1).W * 2.f;
  BOOST_TEST(same_bits(seen_g.layer(1).W, g));
  BOOST_TEST(same_bits(seen_w.layer(1).W, w));
  for (float& x : w) x = std::fma(-study.rate, 0.5f, x);
  BOOST_TEST(same_bits(model->network().layer(1).W, w));
}

// SAM's second gradient goes to the optimiser, and only that one.
BOOST_AUTO_TEST_CASE(with_look_ahead_it_is_called_once_per_update) {
  const SmallStudy study;
  std::size_t calls_made = 0;
  Calls calls;
  calls.direction = [&](auto&&...) { ++calls_made; };
  const auto model = model_with(study, calling(calls), plugin("sam"));
  study.train(*model, 0, 1);
  BOOST_TEST(calls_made == 20u + 16 + 12 + 3);  // inputs of three layers, and their biases
}

BOOST_AUTO_TEST_CASE(trained_arrays_go_through_it) {
  const SmallStudy study;
  std::set<std::pair<std::size_t, std::size_t>> own;
  Calls calls;
  calls.direction = [&](std::span<const float>, std::span<float> g, const Tile& t, const Step&) {
    if (t.kind != Kind::own) return;
    own.emplace(t.own, t.layer);
    std::ranges::fill(g, 1.f);
  };
  const auto model = model_with(study, calling(calls), plugin("batch_norm"));
  study.train(*model, 0, 1);
  BOOST_TEST(own.size() == 4u);  // gamma and beta of two hidden layers
  for (const auto& [name, kept] : model->states().trained())
    for (const auto& [layer, values] : kept->values)
      for (const float x : values) BOOST_TEST(x == std::fma(-study.rate, 1.f, name.ends_with("gamma") ? 1.f : 0.f));
}

BOOST_AUTO_TEST_CASE(it_may_not_train_arrays_of_its_own) {
  const SmallStudy study;
  PerLayer array;
  Calls calls;
  calls.declare_state = [&](State& state) {
    state.per_layer("array", array, Life::trained, [](std::size_t) { return State::Size{1}; });
  };
  BOOST_CHECK_EXCEPTION(model_with(study, calling(calls)), learning::HookFailure, [](const auto& e) {
    return std::string(e.what()) ==
           "optimiser 'calling', hook declare_state, step 0: declares a trained array, which only a regulariser may";
  });
}

BOOST_AUTO_TEST_CASE(its_failures_end_the_model_and_name_it) {
  const SmallStudy study;
  const auto said = [&](const auto& direction) -> std::string {
    Calls calls;
    calls.direction = direction;
    const auto model = model_with(study, calling(calls));
    try {
      study.train(*model, 0, 1);
    } catch (const learning::HookFailure& e) {
      BOOST_TEST(e.entry == "calling");
      return e.what();
    }
    return "";
  };
  const std::string head = "optimiser 'calling', hook Optimiser::direction, step 0: ";
  BOOST_TEST(said([](std::span<const float>, std::span<float>, const Tile&, const Step&) {
               throw std::runtime_error("no");
             }) == head + "no");
  BOOST_TEST(said([](std::span<const float>, std::span<float> g, const Tile& t, const Step&) {
               if (t.layer == 2 && t.kind == Kind::bias) g[0] = std::nanf("");
             }) == head + "left a value that is not finite in layer 2, biases");
}

BOOST_AUTO_TEST_CASE(a_model_that_diverges_names_it) {
  const SmallStudy study;
  Calls calls;
  calls.direction = [](std::span<const float>, std::span<float> g, const Tile&, const Step&) {
    for (float& x : g) x *= 1e38f;
  };
  const auto model = model_with(study, calling(calls));
  BOOST_CHECK_EXCEPTION(study.train(*model, 0, 9), learning::Diverged, [](const auto& e) {
    return std::string(e.what()).find("(calling; learning rate 0.1)") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(it_draws_its_own_numbers) {
  const SmallStudy study;
  std::vector<std::uint32_t> drawn;
  Calls calls;
  calls.direction = [&](std::span<const float>, std::span<float>, const Tile& t, const Step& s) {
    if (t.kind == Kind::bias && t.layer == 1) drawn.push_back(s.random.word(0));
  };
  study.train(*model_with(study, calling(calls)), 0, 2);
  const Random own(1, "optimiser", "model", "calling");
  BOOST_TEST(drawn == (std::vector<std::uint32_t>{own.at_step(0).word(0), own.at_step(1).word(0)}),
             boost::test_tools::per_element());
}

// The rest of a step is the same: with the gradient as direction, the bits are those of the kernels' own update.
BOOST_AUTO_TEST_CASE(the_gradient_as_direction_gives_the_bits_of_plain_descent) {
  const SmallStudy study;
  for (const char* regulariser : {"", "l1", "dropout", "max_norm", "sam", "batch_norm", "gradient_clip"}) {
    learning::Entries entries;
    if (*regulariser) entries.push_back(plugin(regulariser));
    const auto plain = study.model(std::move(entries));
    const auto by_plugin =
        *regulariser ? model_with(study, calling({}), plugin(regulariser)) : model_with(study, calling({}));
    study.train(*plain, 0, 12), study.train(*by_plugin, 0, 12);
    BOOST_TEST(same_bits(plain->network(), by_plugin->network()), regulariser);
  }
}

BOOST_AUTO_TEST_SUITE_END()
