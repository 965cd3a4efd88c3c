// A law for every metric found, at its defaults: what it calls better is.
#include <boost/test/unit_test.hpp>

#include <iostream>

#include "every_plugin.hpp"
#include "support/measured.hpp"
#include "support/small_model.hpp"

using namespace pipeline;
using namespace support;

namespace {
template <class F>
void each_metric(F&& f) {
  for (const std::string& name : laws::names("metric"))
    if (!name.starts_with("example_")) BOOST_TEST_CONTEXT("metric " << name) {
        f(metric(name));
      }
}
}  // namespace

BOOST_AUTO_TEST_SUITE(metrics_of_samples)

// A pair built to differ: one network that knows its samples, on labels that are right and on labels that are all wrong.
// A metric that looks at both splits is right on training images either way. Tells only of metrics that see labels.
BOOST_AUTO_TEST_CASE(what_it_calls_better_is) {
  SmallStudy study;
  study.samples.marked.clear();  // or their labels would be spoiled ones
  const auto model = study.model({});
  study.train(*model, 0, 1500);
  Samples wrong = study.samples;
  for (std::uint16_t& label : wrong.labels) label = static_cast<std::uint16_t>((label + 1) % 5);
  const study::Measured known = measured(metric("accuracy"), model->network(), study.samples);
  BOOST_TEST_REQUIRE(value_of(known, "accuracy") == 1);
  std::string untold;
  std::size_t told = 0;
  each_metric([&](const study::MetricSection& m) {
    const bool both = m.info.looks == Looks::at_train_and_test;
    const auto good = measured(m, model->network(), study.samples, study.samples, study.start).rows,
               bad = measured(m, model->network(), wrong, both ? study.samples : wrong, study.start).rows;
    bool differs = false;
    for (std::size_t i = 0; i < good.size(); ++i) {
      const double rise = good[i].value - bad[i].value;
      if (good[i].layer || m.info.better == Direction::neither || !(std::abs(rise) > 1e-6)) continue;
      differs = true;
      BOOST_TEST((m.info.better == Direction::higher ? rise > 0 : rise < 0),
                 good[i].metric << ": " << good[i].value << " on right labels, " << bad[i].value << " on wrong ones");
    }
    if (differs)
      ++told;
    else
      untold += " " + m.name;
  });
  std::cout << "no number of the network that has a direction hangs on right labels in:" << untold << "\n";
  BOOST_TEST(told >= 6u);
}

BOOST_AUTO_TEST_SUITE_END()
