// A split that lacks classes of the training set, or has others, is told: before training, and in run.json.
#include "running/missing_classes.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>
#include <pipeline/quoted.hpp>

#include "support/hdf5_file.hpp"
#include "support/home_made_data.hpp"

using namespace support;
using namespace pipeline;
using running::Stratify;

namespace {

using Labels = std::vector<std::uint16_t>;

Samples with_labels(const Labels& labels) {
  Samples s;
  s.floats.ones(4, labels.size());
  s.labels = labels;
  return s;
}

Data data_of(const Labels& train, const Labels& validation, const Labels& test, std::size_t classes = 3) {
  Data data;
  data.classes = classes;
  data.train = with_labels(train), data.validation = with_labels(validation), data.test = with_labels(test);
  return data;
}

using Warnings = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(missing_classes)

BOOST_AUTO_TEST_CASE(nothing_is_said_of_splits_with_the_same_classes) {
  for (const Stratify stratify : {Stratify::not_offered, Stratify::off, Stratify::on}) {
    BOOST_TEST(running::missing_classes(data_of({0, 1, 2}, {2, 1, 0}, {0, 1, 2, 2}), stratify).empty());
    BOOST_TEST(running::missing_classes(data_of({0, 2}, {}, {0, 2}), stratify).empty());  // no samples are set aside
  }
}

BOOST_AUTO_TEST_CASE(classes_are_named_with_the_split_and_a_remedy) {
  Data data = data_of({0, 1, 2, 0}, {2, 2, 2}, {2, 2, 2});
  data.class_names = {"setosa", "versicolor", "virginica"};
  BOOST_TEST((running::missing_classes(data, Stratify::off) ==
              Warnings{"there is no validation sample of classes setosa and versicolor, so measurements on the "
                       "validation samples do not cover them; set stratify = yes in [dataset]",
                       "there is no test sample of classes setosa and versicolor, so measurements on the test samples "
                       "do not cover them; set stratify = yes in [dataset] if the test set is taken off the training "
                       "file; otherwise add samples of them to the test set"}));
  data = data_of({0, 1, 2, 0}, {2, 0, 2}, {2, 0, 2});
  for (const Stratify stratify : {Stratify::not_offered, Stratify::on})
    BOOST_TEST((running::missing_classes(data, stratify) ==
                Warnings{"there is no validation sample of class 1, so measurements on the validation samples do not "
                         "cover it; set more samples aside",
                         "there is no test sample of class 1, so measurements on the test samples do not cover it; add "
                         "samples of it to the test set"}));
}

BOOST_AUTO_TEST_CASE(no_order_helps_where_a_split_has_fewer_samples_than_classes) {
  BOOST_TEST((running::missing_classes(data_of({0, 1, 2}, {1, 2}, {0, 1, 2}), Stratify::off) ==
              Warnings{"there is no validation sample of class 0, so measurements on the validation samples do not "
                       "cover it; set more samples aside"}));
}

BOOST_AUTO_TEST_CASE(classes_that_training_lacks_are_told) {
  BOOST_TEST((running::missing_classes(data_of({0, 1}, {}, {0, 1, 2}), Stratify::not_offered) ==
              Warnings{"there is no training sample of class 2, only test samples, so the models cannot learn it; add "
                       "training samples of it"}));
  BOOST_TEST(
      (running::missing_classes(data_of({0, 0}, {1, 2}, {0, 2}), Stratify::off).at(1) ==
       "there is no training sample of classes 1 and 2, only validation and test samples, so the models cannot learn "
       "them; set stratify = yes in [dataset]"));
}

BOOST_AUTO_TEST_CASE(names_that_are_not_plain_words_are_quoted) {
  Data data = data_of({0, 1, 2, 0}, {}, {2, 2, 2});
  data.class_names = {"Iris\nsetosa", std::string(50, 'x'), "c"};
  check_says(
      running::missing_classes(data, Stratify::on).at(0),
      "of classes " + pipeline::quoted(data.class_names[0]) + " and " + pipeline::quoted(data.class_names[1]) + ", so");
}

BOOST_AUTO_TEST_CASE(many_classes_are_cut_short) {
  Labels all(30);
  for (std::size_t c = 0; c < all.size(); ++c) all[c] = static_cast<std::uint16_t>(c);
  const Labels test(30, 0);
  check_says(running::missing_classes(data_of(all, {}, test, 30), Stratify::on).at(0),
             "of classes 1, 2, 3, 4, 5 and 24 more, so");
  check_says(running::missing_classes(data_of({0, 1, 2, 3, 4, 5}, {}, Labels(6, 5), 6), Stratify::on).at(0),
             "of classes 0, 1, 2, 3 and 4, so");
}

BOOST_AUTO_TEST_CASE(a_run_warns_and_keeps_the_warning_and_the_names) {
  const Scratch scratch;
  const auto dataset = std::make_shared<home_made::MadeDataset>();
  dataset->data = data_of({0, 1, 2, 0}, {}, {0, 0, 2});
  dataset->data.class_names = {"3", "5", "8"};
  dataset->what = [](const DataAccess& access) { access.warn("looks odd"); };
  const std::string text =
      "[dataset]\nplugin = csv\ntrain = x\nheader = no\ntest = x\n[network]\nlayers = 4, 3\n[training]\nsteps = 1\n"
      "batch_size = 2\n[model:plain]\n[metric:confusion_matrix]\nevery = 1\n";
  const SmallRun run(scratch, text, [&](experiment::Pipeline& p) { put(p, dataset); });
  run.in("out");
  const Warnings expected = {"dataset 'mine' in [dataset] (small.ini:3): looks odd",
                             "dataset 'mine' in [dataset] (small.ini:3): there is no test sample of class 5, so "
                             "measurements on the test samples do not cover it; add samples of it to the test set"};
  BOOST_TEST(run.warnings == expected, boost::test_tools::per_element());
  const auto record = nlohmann::json::parse(run.file_of("out", "run.json"));
  BOOST_TEST((record["warnings"] == expected));
  BOOST_TEST((record["class_names"] == dataset->data.class_names));
  BOOST_TEST((read_hdf5(scratch.path() / "out/nodes.h5").at("/plain/confusion_matrix/counts").class_names ==
              dataset->data.class_names));
  // Names that are the classes' own numbers are left out.
  dataset->data.class_names = {"0", "1", "2"};
  run.in("plain");
  BOOST_TEST(!nlohmann::json::parse(run.file_of("plain", "run.json")).contains("class_names"));
}

BOOST_AUTO_TEST_SUITE_END()
