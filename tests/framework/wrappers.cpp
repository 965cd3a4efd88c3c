// Wrappers of datasets: applied innermost first, after validation samples are set aside, and checked against the shape
// that they promise.
#include <boost/test/unit_test.hpp>

#include "config/complaint.hpp"
#include "data/error.hpp"
#include "experiment/identity.hpp"
#include "support/home_made_data.hpp"

using namespace support;
using namespace pipeline;
using home_made::MadeWrapper;

namespace {

/// A pipeline on 300 synthetic digits by default, with these lines in its [dataset].
std::string text(const std::string& lines, int train = 300) {
  std::string out = small_pipeline(2, train, 100);
  return out.insert(out.find("[network]"), lines) + "[model:plain]\n";
}

/// The error message of loading data with this wrapper.
std::string complaint(const std::shared_ptr<MadeWrapper>& wrapper) {
  const Scratch scratch;
  const SmallRun run(scratch, text(""), [&](experiment::Pipeline& d) { put(d, wrapper); });
  return message_of([&] { run.data(); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wrappers)

BOOST_AUTO_TEST_CASE(are_applied_innermost_first) {
  const Scratch scratch;
  std::string order;
  const SmallRun run(scratch, text(""), [&](experiment::Pipeline& d) {
    for (const std::string name : {"a", "b"}) {
      const auto wrapper = std::make_shared<MadeWrapper>();
      wrapper->what = [&order, name](Data& data) {
        order += name + std::to_string(data.train.size()) + " ";
        data.train = running::part_of(data.train, 0, data.train.size() - 100);
      };
      wrapper->shape_ = [](DataShape inner) {
        inner.train -= 100;
        return inner;
      };
      put(d, wrapper, name);
    }
  });
  BOOST_TEST(run.data().train.size() == 100u);
  BOOST_TEST(order == "a300 b200 ");
}

// So no wrapper can compute statistics from validation samples, and subset leaves them whole.
BOOST_AUTO_TEST_CASE(are_applied_after_validation_samples_are_set_aside) {
  const Scratch scratch;
  const SmallRun run(scratch, text("wrappers = subset, label_noise\nsubset.per_class = 10\nlabel_noise.share = .4\n"
                                   "validation = 30\n"));
  const Data data = run.data();
  BOOST_TEST((data.train.size() == 100u && data.validation.size() == 30u && data.test.size() == 100u));
  BOOST_TEST(std::ranges::count(data.train.marked, 1) + std::ranges::count(data.validation.marked, 1) == 52);
  BOOST_TEST(data.validation.marked.size() == 30u);
  const Data plain = SmallRun(scratch, text("validation = 30\n")).data(), whole = SmallRun(scratch, text("")).data();
  const auto same = [](const auto& a, const auto& b) { return arma::accu(a != b) == 0; };
  BOOST_TEST(same(data.validation.bytes, whole.train.bytes.tail_cols(30)));
  BOOST_TEST(same(plain.train.bytes, whole.train.bytes.head_cols(270)));
}

BOOST_AUTO_TEST_CASE(see_the_shape_without_validation_samples) {
  const Scratch scratch;
  std::vector<DataShape> seen;
  const auto wrapper = std::make_shared<MadeWrapper>();
  wrapper->shape_ = [&](DataShape inner) {
    seen.push_back(inner);
    return inner;
  };
  wrapper->what = [](Data& data) {
    BOOST_TEST((data.train.size() == 270u && data.validation.size() == 30u));
    data.validation = running::part_of(data.validation, 0, 29);
  };
  const SmallRun run(scratch, text("validation = 30\n"), [&](experiment::Pipeline& d) { put(d, wrapper); });
  check_says(message_of([&] { run.data(); }),
             "promised 270 + 30 + 100 samples of 784 features (28 x 28 x 1) in 10 classes, "
             "but loaded 270 + 29 + 100 samples");
  for (const DataShape& shape : seen) BOOST_TEST((shape.train == 270u && shape.validation == 30u));
  BOOST_TEST(!seen.empty());
}

BOOST_AUTO_TEST_CASE(their_parameters_are_part_of_the_configuration) {
  const Scratch scratch;
  const auto configuration = [&](const std::string& lines) {
    const SmallRun run(scratch, text(lines));
    const experiment::Pipeline d = run.description();
    return experiment::configuration_hash(d, {}, {});
  };
  const std::string plain = configuration("");
  BOOST_TEST(plain != configuration("wrappers = label_noise\nlabel_noise.share = .4\n"));
  BOOST_TEST(configuration("wrappers = label_noise\nlabel_noise.share = .4\n") !=
             configuration("wrappers = label_noise\nlabel_noise.share = .4\nlabel_noise.seed = 2\n"));
}

BOOST_AUTO_TEST_CASE(resolved_ini_runs_again_with_the_same_results) {
  const Scratch scratch;
  const std::string metric = "[metric:loss]\nevery = 1\n";
  const SmallRun run(scratch,
                     text("wrappers = subset, standardise\nsubset.per_class = 10\nstandardise.over = set\n") + metric);
  run.in("first");
  const Scratch other;
  const SmallRun again(other, run.file_of("first", "resolved.ini"));
  again.in("again");
  BOOST_TEST(run.file_of("first", "metrics.csv") == again.file_of("again", "metrics.csv"));
  BOOST_TEST(run.file_of("first", "resolved.ini").find("standardise.over = set\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(failures_name_the_wrapper) {
  const std::string who = "wrapper 'mine' in [dataset] (small.ini:7): ";
  const auto with = [](std::function<void(Data&)> what) {
    const auto wrapper = std::make_shared<MadeWrapper>();
    wrapper->what = std::move(what);
    return complaint(wrapper);
  };
  BOOST_TEST(with([](Data&) { throw std::runtime_error("has had enough"); }) == who + "has had enough");
  BOOST_TEST(with([](Data& d) { d.train.labels[3] = 77; }) == who + "has the training label 77 but only 10 classes");
  BOOST_TEST(with([](Data& d) { d.train.marked = {1}; }) == who + "has 1 marks for 300 training samples");
  BOOST_TEST(
      with([](Data& d) { d.test = running::part_of(d.test, 0, 50); }) ==
      who +
          "promised 300 + 100 samples of 784 features (28 x 28 x 1) in 10 classes, but loaded 300 + 50 samples of 784 "
          "features (28 x 28 x 1) in 10 classes");
  // Each part of the promised shape is checked, and the message shows both shapes.
  BOOST_TEST(
      with([](Data& d) { d.classes = 11; }) ==
      who +
          "promised 300 + 100 samples of 784 features (28 x 28 x 1) in 10 classes, but loaded 300 + 100 samples of "
          "784 features (28 x 28 x 1) in 11 classes");
  BOOST_TEST(
      with([](Data& d) {
        d.image = {14, 56, 1};
      }) ==
      who +
          "promised 300 + 100 samples of 784 features (28 x 28 x 1) in 10 classes, but loaded 300 + 100 samples of "
          "784 features (14 x 56 x 1) in 10 classes");
  BOOST_TEST(with({}) == "");
}

// If the shape of a dataset is known only after loading, the wrappers are checked then, with the same complaint.
BOOST_AUTO_TEST_CASE(parameters_that_do_not_fit_are_found_after_loading_if_not_before) {
  const Scratch scratch;
  std::string rows = "label,x\n";
  for (int i = 0; i < 20; ++i) rows += std::to_string(i % 2) + "," + std::to_string(i) + "\n";
  const std::string file = scratch.write("rows.csv", rows).string();
  const SmallRun run(scratch,
                     "[dataset]\nplugin = csv\ntrain = " + file +
                         "\nheader = yes\nlabel = label\ntest_rows = 4\nwrappers = subset\nsubset.per_class = 9\n"
                         "[network]\nlayers = 1, 2\n[training]\nsteps = 1\nbatch_size = 2\n[model:plain]\n");
  try {
    run.data();
    BOOST_ERROR("no complaint");
  } catch (const config::PipelineTextError& e) {
    BOOST_TEST_REQUIRE(e.complaints.size() == 1u);
    BOOST_TEST(e.complaints[0].message ==
               "[dataset]: subset.per_class = 9 for each of 2 classes is more than the training set of 16 samples");
    BOOST_TEST(e.complaints[0].place.line == 8u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
