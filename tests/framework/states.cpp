// The state of regularisers and optimisers belongs to the model: a copy made half-way and a model that goes back to a
// remembered state continue with the same bits, for every one in the search path.
#include <boost/test/unit_test.hpp>

#include "kernels/elementwise.hpp"
#include "plugins/catalogue.hpp"
#include "support/by_hand.hpp"

using namespace support;
using namespace pipeline;

namespace {

/// Calls f(name, make) for every regulariser; make() returns a model that has it and can be copied.
template <class F>
void each_regulariser(const SmallStudy& study, F&& f) {
  plugins::Catalogue catalogue(plugins::search_path({}, false));
  for (const std::string& name : catalogue.names(plugins::PluginKind::regulariser))
    BOOST_TEST_CONTEXT("regulariser " << name) {
      const learning::Remake make = [&]() -> std::shared_ptr<Regulariser> {
        std::shared_ptr<Regulariser> object = catalogue.make<Regulariser>(name);
        Parameters parameters;
        object->declare(parameters);
        return object;
      };
      f(name, [&] { return study.model_of(learning::Entry(name, make(), with_biases(), 1, "model", make)); });
    }
}

bool same_matrices(const std::map<std::size_t, arma::fmat>& a, const std::map<std::size_t, arma::fmat>& b) {
  return std::ranges::equal(
      a, b, [](const auto& x, const auto& y) { return x.first == y.first && same_bits(x.second, y.second); });
}

/// The same for every optimiser, beside a regulariser that trains arrays.
template <class F>
void each_optimiser(const SmallStudy& study, F&& f) {
  plugins::Catalogue catalogue(plugins::search_path({}, false));
  for (const std::string& name : catalogue.names(plugins::PluginKind::optimiser))
    BOOST_TEST_CONTEXT("optimiser " << name)
  f(name, [&] {
    const auto norm = [] { return std::shared_ptr<Regulariser>(load<Regulariser>("regulariser", "batch_norm")); };
    learning::Entries entries;
    entries.emplace_back("batch_norm", norm(), learning::Scope{}, 1, "model", norm);
    return std::make_unique<learning::Model>("model", study.start, std::move(entries), 0.01f, ImageShape{},
                                             study.shape.sizes.back(), kernels::Products(), optimiser(name));
  });
}

/// Whether weights, measured weights and all arrays that outlast a step are the same.
bool same(const learning::Model& a, const learning::Model& b) {
  return same_bits(a.network(), b.network()) && same_bits(a.measured_network(), b.measured_network()) &&
         std::ranges::equal(a.states().all(), b.states().all(), [](const auto& x, const auto& y) {
           const learning::Kept &k = x.second, &other = y.second;
           return x.first == y.first && k.counts == other.counts &&
                  (k.life == Life::step || same_matrices(k.values, other.values)) &&
                  same_bits(k.like_weights.network, other.like_weights.network) &&
                  std::ranges::equal(k.like_weights.own, other.like_weights.own, same_matrices);
         });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(states)

BOOST_AUTO_TEST_CASE(a_copy_made_half_way_continues_with_the_same_bits) {
  const SmallStudy study;
  std::size_t tried = 0, with_state = 0;
  const auto check = [&](const std::string&, const auto& make) {
    const auto whole = make(), first = make();
    study.train(*whole, 0, 14);
    study.train(*first, 0, 7);
    const auto copy = first->copy();
    BOOST_TEST(same(*copy, *first));
    study.train(*first, 7, 9);  // must not affect the copy
    study.train(*copy, 7, 14);
    BOOST_TEST(same(*copy, *whole));
    ++tried, with_state += !whole->states().all().empty();
  };
  each_regulariser(study, check);
  BOOST_TEST(tried >= 15u);
  BOOST_TEST(with_state >= 3u);  // early_stopping, spectral_norm, weight_average
  tried = with_state = 0;
  each_optimiser(study, check);
  BOOST_TEST(tried >= 8u);
}

BOOST_AUTO_TEST_CASE(going_back_to_a_remembered_state_undoes_all_later_steps) {
  const SmallStudy study;
  const auto check = [&](const std::string&, const auto& make) {
    const auto whole = make(), back = make();
    study.train(*whole, 0, 14);
    study.train(*back, 0, 7);
    back->remember(0);
    study.train(*back, 7, 11);
    back->restore();
    study.train(*back, 7, 14);
    BOOST_TEST(same(*back, *whole));
  };
  each_regulariser(study, check);
  each_optimiser(study, check);
}

BOOST_AUTO_TEST_SUITE_END()
