// What regularisers keep belongs to the model: a copy made half-way, and a model that went back to what it remembered,
// go on with the same bits, for every regulariser found.
#include <boost/test/unit_test.hpp>

#include "learning/elementwise.hpp"
#include "plugins/catalogue.hpp"
#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

/// Calls f(name, make) for every regulariser found; make() gives a model that has it, and can be copied.
template <class F>
void each_regulariser(const SmallStudy& study, F&& f) {
  plugins::Catalogue catalogue(plugins::search_path({}, false));
  for (const std::string& name : catalogue.names("regulariser")) BOOST_TEST_CONTEXT("regulariser " << name) {
      const learning::Remake make = [&]() -> std::shared_ptr<Regulariser> {
        std::shared_ptr<Regulariser> object = catalogue.make<Regulariser>("regulariser", name);
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

/// Weights, weights to measure with, and every array that outlasts a step.
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

BOOST_AUTO_TEST_CASE(a_copy_made_half_way_goes_on_with_the_same_bits) {
  const SmallStudy study;
  std::size_t tried = 0, keeping = 0;
  each_regulariser(study, [&](const std::string&, const auto& make) {
    const auto whole = make(), first = make();
    study.train(*whole, 0, 14);
    study.train(*first, 0, 7);
    const auto copy = first->copy();
    BOOST_TEST(same(*copy, *first));
    study.train(*first, 7, 9);  // what the first does from here on is its own affair
    study.train(*copy, 7, 14);
    BOOST_TEST(same(*copy, *whole));
    ++tried, keeping += !whole->states().all().empty();
  });
  BOOST_TEST(tried >= 15u);
  BOOST_TEST(keeping >= 3u);  // early_stopping, spectral_norm, weight_average
}

BOOST_AUTO_TEST_CASE(going_back_to_what_was_remembered_is_as_if_nothing_had_come_after) {
  const SmallStudy study;
  each_regulariser(study, [&](const std::string&, const auto& make) {
    const auto whole = make(), back = make();
    study.train(*whole, 0, 14);
    study.train(*back, 0, 7);
    back->remember();
    study.train(*back, 7, 11);
    back->restore();
    study.train(*back, 7, 14);
    BOOST_TEST(same(*back, *whole));
  });
}

BOOST_AUTO_TEST_SUITE_END()
