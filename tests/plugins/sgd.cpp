// sgd: its direction is the gradient; a model with it has the bits of one without an optimiser, in panels too.
#include <boost/test/unit_test.hpp>

#include "support/by_hand.hpp"

using namespace support;
using namespace pipeline;

BOOST_AUTO_TEST_SUITE(sgd)

BOOST_AUTO_TEST_CASE(the_direction_is_the_gradient) {
  ByHand one("sgd", {}, {1, -2});
  BOOST_TEST(one.step({2, 4}, 0.5f) == (std::vector<float>{2, 4}), boost::test_tools::per_element());
  BOOST_TEST(one.w == (std::vector<float>{0, -4}), boost::test_tools::per_element());
  BOOST_TEST(optimiser("sgd").is_plain);
  BOOST_TEST(optimiser("sgd").object->default_rate() == 0.1f);
}

BOOST_AUTO_TEST_CASE(a_model_with_it_is_a_model_without_an_optimiser) {
  const SmallStudy study;
  const auto without = study.model({});
  for (const char* regulariser : {"", "l2", "dropout", "max_norm", "sam"}) {
    const auto make = [&](std::optional<learning::LiveOptimiser> how) {
      learning::Entries entries;
      if (*regulariser) entries.push_back(plugin(regulariser));
      return std::make_unique<learning::Model>("model", study.start, std::move(entries), study.rate, ImageShape{}, 5,
                                               kernels::Products(), std::move(how));
    };
    const auto plain = make(std::nullopt), with = make(optimiser("sgd"));
    study.train(*plain, 0, 12), study.train(*with, 0, 12);
    BOOST_TEST(same_bits(plain->network(), with->network()), regulariser);
    BOOST_TEST((plain->panels() == nullptr) == (with->panels() == nullptr));
  }
}

BOOST_AUTO_TEST_SUITE_END()
