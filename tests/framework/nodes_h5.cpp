// nodes.h5 grows measurement by measurement, and only complete files appear under its name.
#include "results/nodes_h5.hpp"

#include <boost/test/unit_test.hpp>

#include "support/hdf5_file.hpp"
#include "support/scratch.hpp"

using namespace support;
using namespace pipeline;
using results::NodesWriter;

namespace {

std::vector<measuring::Sheet> sheets(double x) {
  return {{"snr", "1", true, arma::mat(arma::vec{x, x + 1, x + 2})},
          {"confusion", "matrix", false, arma::mat{{x, 2 * x}, {3 * x, 4 * x}, {5 * x, 6 * x}}}};
}

std::size_t files_in(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(nodes_file)

BOOST_AUTO_TEST_CASE(every_measurement_can_be_read_again_while_the_file_grows) {
  const Scratch scratch;
  const auto file = scratch.path() / "nodes.h5";
  NodesWriter writer(file);
  writer.publish();
  BOOST_TEST(!std::filesystem::exists(file));  // nothing was measured
  for (std::uint64_t step : {0, 10, 20, 30, 40}) {
    for (const std::string model : {"plain", "l2"})
      writer.add(model, step, sheets(static_cast<double>(step) + (model == "l2" ? .5 : 0)));
    if (step % 20 == 0) continue;
    writer.publish();
    const auto steps = results::read_node_steps(file, "/l2/snr/1");
    BOOST_TEST(steps.size() == step / 10 + 1);
    BOOST_TEST(steps.back() == step);
  }
  BOOST_TEST(results::read_node_steps(file, "/plain/snr/1").back() == 30u);  // the published one
  writer.finish();
  for (std::size_t i = 0; i < 5; ++i) {
    const double x = 10. * static_cast<double>(i) + .5;
    BOOST_TEST(arma::approx_equal(results::read_nodes(file, "/l2/snr/1", i), sheets(x)[0].values, "absdiff", 0));
    BOOST_TEST(
        arma::approx_equal(results::read_nodes(file, "/l2/confusion/matrix", i), sheets(x)[1].values, "absdiff", 0));
  }
  BOOST_TEST(results::read_node_steps(file, "/l2/nosuch/1").empty());
  BOOST_TEST(files_in(scratch.path()) == 1u);
}

BOOST_AUTO_TEST_CASE(a_matrix_of_classes_has_their_names) {
  const Scratch scratch;
  const auto file = scratch.path() / "nodes.h5";
  const std::vector<std::string> names = {"3", "Iris setosa", "\xc3\xa9t\xc3\xa9"};
  NodesWriter writer(file, names);
  writer.add("plain", 0,
             {{"m", "counts", false, arma::mat(3, 3)},
              {"m", "wide", false, arma::mat(3, 4)},
              {"m", "1", true, arma::mat(3, 1)}});
  writer.finish();
  const auto stored = read_hdf5(file);
  BOOST_TEST(stored.at("/plain/m/counts").class_names == names, boost::test_tools::per_element());
  BOOST_TEST(stored.at("/plain/m/wide").class_names.empty());
  BOOST_TEST(stored.at("/plain/m/1").class_names.empty());
}

// 16 bytes a name would not fit into an attribute; the measurements are written all the same.
BOOST_AUTO_TEST_CASE(too_many_names_are_left_out) {
  const Scratch scratch;
  NodesWriter writer(scratch.path() / "nodes.h5", std::vector<std::string>(4'001, "name"));
  writer.add("plain", 0, {{"m", "counts", false, arma::mat(4'001, 4'001)}});
  writer.finish();
  BOOST_TEST(read_hdf5(scratch.path() / "nodes.h5").at("/plain/m/counts").class_names.empty());
}

BOOST_AUTO_TEST_CASE(an_empty_matrix_is_a_measurement_too) {
  const Scratch scratch;
  NodesWriter writer(scratch.path() / "nodes.h5");
  for (const std::uint64_t step : {0, 1}) writer.add("plain", step, {{"m", "empty", false, arma::mat(0, 3)}});
  writer.finish();
  BOOST_TEST(results::read_node_steps(scratch.path() / "nodes.h5", "/plain/m/empty").size() == 2u);
  BOOST_TEST(results::read_nodes(scratch.path() / "nodes.h5", "/plain/m/empty", 1).is_empty());
}

BOOST_AUTO_TEST_CASE(steps_of_many_measurements_are_a_dataset) {
  const Scratch scratch;
  NodesWriter writer(scratch.path() / "nodes.h5");
  for (std::uint64_t step = 0; step < 8'100; ++step) writer.add("plain", step, {{"m", "1", true, arma::mat(1, 1)}});
  writer.finish();
  const auto steps = results::read_node_steps(scratch.path() / "nodes.h5", "/plain/m/1");
  BOOST_TEST((steps.size() == 8'100u && steps.back() == 8'099u));
}

BOOST_AUTO_TEST_CASE(an_unfinished_file_disappears) {
  const Scratch scratch;
  {
    NodesWriter writer(scratch.path() / "nodes.h5");
    writer.add("plain", 0, sheets(1));
  }
  BOOST_TEST(files_in(scratch.path()) == 0u);
}

BOOST_AUTO_TEST_CASE(a_measurement_of_another_shape_is_refused_by_name) {
  const Scratch scratch;
  NodesWriter writer(scratch.path() / "nodes.h5");
  writer.add("plain", 0, sheets(1));
  const std::string message = message_of([&] {
    writer.add("plain", 1, {{"snr", "1", true, arma::mat(arma::vec{1, 2})}});
  });
  BOOST_TEST(message.find("snr") != std::string::npos, message);
}

BOOST_AUTO_TEST_SUITE_END()
