// Laws for every metric found, at its defaults: it measures and never trains, says the same thing twice, in one order.
#include <boost/test/unit_test.hpp>

#include "every_plugin.hpp"
#include "support/measured.hpp"

using namespace pipeline;
using namespace support;

namespace {

template <class F>
void each_metric(F&& f) {
  for (const std::string& name : laws::names("metric")) BOOST_TEST_CONTEXT("metric " << name) {
      f(metric(name));
    }
}

bool same_rows(const study::Measured& a, const study::Measured& b) {
  return std::ranges::equal(a.rows, b.rows, [](const Row& x, const Row& y) {
    return x.metric == y.metric && x.layer == y.layer &&
           (x.value == y.value || (std::isnan(x.value) && std::isnan(y.value)));
  });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics)

BOOST_AUTO_TEST_CASE(states_its_unit_and_which_way_is_better) {
  each_metric([](const study::MetricSection& m) {
    BOOST_TEST(!m.info.unit.empty());
    // A direction is an enumerator, so one is always stated; `neither` is said by those that tell a state.
    BOOST_TEST((m.info.better == Direction::neither || m.info.better == Direction::higher ||
                m.info.better == Direction::lower));
  });
}

BOOST_AUTO_TEST_CASE(leaves_training_as_it_was) {
  const SmallStudy study;
  each_metric([&](const study::MetricSection& m) {
    const auto measured_model = study.model_of(plugin("dropout"), plugin("l2")),
               plain = study.model_of(plugin("dropout"), plugin("l2"));
    const learning::Entries none;
    const study::Subject other{"other", study.start, study.start, none};
    for (std::uint64_t t = 0; t < 6; ++t) {
      const Network before = measured_model->network();
      study::Subject subject{"model", measured_model->network(), study.start, measured_model->entries(),
                             [&] { return measured_model->weight_penalty(before); }};
      compare(subject, m, &other);
      study::measure(subject, t, {&m}, {&study.inputs, &study.inputs, &study.inputs});
      BOOST_TEST(same_bits(before, measured_model->network()));
      study.train(*measured_model, t, t + 1);
      study.train(*plain, t, t + 1);
    }
    BOOST_TEST(same_bits(measured_model->network(), plain->network()));
  });
}

BOOST_AUTO_TEST_CASE(gives_finite_values_and_the_same_ones_again) {
  const SmallStudy study;
  each_metric([&](const study::MetricSection& m) {
    const study::Measured one = measured(m, study.start, study.samples), two = measured(m, study.start, study.samples);
    BOOST_TEST(one.rows.size() + one.sheets.size() > 0u);
    for (const Row& row : one.rows) BOOST_TEST(std::isfinite(row.value), row.metric << ", layer " << row.layer);
    for (const study::Sheet& sheet : one.sheets) BOOST_TEST(sheet.values.is_finite());
    BOOST_TEST(same_rows(one, two));
  });
}

BOOST_AUTO_TEST_CASE(names_its_rows_after_its_section_in_one_order) {
  const SmallStudy study;
  each_metric([&](study::MetricSection m) {
    m.name = "section";
    const study::Measured at_start = measured(m, study.start, study.samples);
    const auto model = study.model({});
    study.train(*model, 0, 5);
    const study::Measured later = measured(m, model->network(), study.samples);
    BOOST_TEST_REQUIRE(at_start.rows.size() == later.rows.size());
    for (std::size_t i = 0; i < later.rows.size(); ++i) {
      BOOST_TEST((later.rows[i].metric == "section" || later.rows[i].metric.starts_with("section.")));
      BOOST_TEST(later.rows[i].metric == at_start.rows[i].metric);
      BOOST_TEST(later.rows[i].layer == at_start.rows[i].layer);
      if (i && later.rows[i].metric == later.rows[i - 1].metric)
        BOOST_TEST(later.rows[i].layer > later.rows[i - 1].layer);
    }
  });
}

BOOST_AUTO_TEST_CASE(says_the_same_alone_as_beside_all_others) {
  const SmallStudy study;
  std::vector<study::MetricSection> all;
  for (const std::string& name : laws::names("metric")) all.push_back(metric(name));
  std::vector<const study::MetricSection*> due;
  for (const study::MetricSection& m : all) due.push_back(&m);
  const learning::Entries none;
  study::Subject subject{"model", study.start, study.start, none};
  const study::Subject other = subject;
  for (const study::MetricSection& m : all) compare(subject, m, &other);
  const auto together = study::measure(subject, 0, due, {&study.inputs, &study.inputs, &study.inputs});
  each_metric([&](const study::MetricSection& m) {
    study::Measured of_this;
    for (const Row& row : together.rows)
      if (row.metric == m.name || row.metric.starts_with(m.name + ".")) of_this.rows.push_back(row);
    BOOST_TEST(of_this.rows.size() + of_this.sheets.size() > 0u);
    BOOST_TEST(same_rows(of_this, measured(m, study.start, study.samples)));
  });
}

BOOST_AUTO_TEST_CASE(copes_with_one_sample_one_layer_and_black_images) {
  each_metric([](const study::MetricSection& m) {
    const NetworkShape one_layer{{4, 3}, true};
    const Network network = learning::starting_network(one_layer, {}, 1);
    for (const Samples& samples :
         {samples_of(arma::fmat(4, 1, arma::fill::value(.5f))), samples_of(arma::fmat(4, 7, arma::fill::zeros))}) {
      // A value without meaning is NaN, and then the metric says at which edge; measure() refuses it otherwise.
      BOOST_CHECK_NO_THROW(measured(m, network, samples));
    }
  });
}

BOOST_AUTO_TEST_SUITE_END()
