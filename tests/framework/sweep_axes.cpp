// [sweep]: what its values mean, and what is wrong with them.
#include <boost/test/unit_test.hpp>
#include <string>

#include "config/reader.hpp"
#include "experiment/axes.hpp"

using namespace pipeline;
using experiment::Axes;

namespace {

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) text += (i ? "|" : "") + values[i];
  return text;
}

/// The values of one axis, or the first complaint about it.
std::string values(const std::string& text, const std::string& more = "") {
  config::Complaints complaints;
  const config::Tree tree = config::read_text("[sweep]\na.b = " + text + "\n" + more, "s.ini", complaints);
  const Axes axes = experiment::read_axes(tree, complaints);
  if (complaints.any()) return complaints.list().front().message;
  return joined(axes.all.front().values);
}

/// Every point, one per line.
std::string points(const std::string& section) {
  config::Complaints complaints;
  const config::Tree tree = config::read_text("[sweep]\n" + section, "s.ini", complaints);
  const Axes axes = experiment::read_axes(tree, complaints);
  if (complaints.any()) return complaints.list().front().message;
  std::string text;
  for (const experiment::Point& point : experiment::points(axes)) text += text_of(axes, point) + "\n";
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sweep_axes)

BOOST_AUTO_TEST_CASE(lists) {
  BOOST_TEST(values("{1, 2,3}") == "1|2|3");
  BOOST_TEST(values("{0.05,.1 , relu}") == "0.05|.1|relu");
  BOOST_TEST(values("{\"784, 10\", \"784, 50, 10\"}") == "784, 10|784, 50, 10");
  BOOST_TEST(values("{\" a \\\"b\\\"\", c}") == " a \"b\"|c");
  BOOST_TEST(values("{, l2}") == "|l2");  // no regulariser, or l2
  BOOST_TEST(values("{1}   ; one job") == "1");
}

BOOST_AUTO_TEST_CASE(ranges) {
  BOOST_TEST(values("{1..4}") == "1|2|3|4");
  BOOST_TEST(values("{1..10..3}") == "1|4|7|10");
  BOOST_TEST(values("{1..9..3}") == "1|4|7");
  BOOST_TEST(values("{0.1..0.5..0.1}") == "0.1|0.2|0.3|0.4|0.5");
  BOOST_TEST(values("{1000000000001..1000000000003}") == "1000000000001|1000000000002|1000000000003");
  BOOST_TEST(values("{0..1 linear 5}") == "0|0.25|0.5|0.75|1");
  BOOST_TEST(values("{16..1000 whole log 3}") == "16|126|1000");
  BOOST_TEST(values("{0.0..1 linear 3}") == "0.0|0.5|1");
  BOOST_TEST(values("{0.001..1 log 4}") == "0.001|0.01|0.1|1");
  BOOST_TEST(values("{16..1024 log 4}") == "16|64|256|1024");
  BOOST_TEST(values("{1e-6..1e-2 log 3}") == "1e-6|0.0001|1e-2");
}

BOOST_AUTO_TEST_CASE(draws_are_a_function_of_seed_key_and_index) {
  const std::string five = values("{0.0..1 random}", "draws = 5"), three = values("{0.0..1 random}", "draws = 3");
  BOOST_TEST(five.starts_with(three + "|"));
  BOOST_TEST(values("{0.0..1 random}", "draws = 3\ndraw_seed = 2") != three);
  BOOST_TEST(values("{7..7}") == "7");
  const std::string whole = values("{1..2 whole random}", "draws = 40");
  BOOST_TEST(whole.find_first_not_of("12|") == std::string::npos);
  BOOST_TEST(whole.find('1') != std::string::npos);
  BOOST_TEST(whole.find('2') != std::string::npos);
}

BOOST_AUTO_TEST_CASE(points_are_all_combinations_the_last_axis_fastest) {
  BOOST_TEST(points("a.x = {1, 2}\nb.y = {3, 4}") ==
             "a.x = 1, b.y = 3\na.x = 1, b.y = 4\na.x = 2, b.y = 3\na.x = 2, b.y = 4\n");
}

BOOST_AUTO_TEST_CASE(axes_that_vary_together) {
  BOOST_TEST(points("a.x = {1, 2}\nb.y = {3, 4}\nc.z = {5, 6}\nzip = a.x + c.z") ==
             "a.x = 1, b.y = 3, c.z = 5\na.x = 1, b.y = 4, c.z = 5\na.x = 2, b.y = 3, c.z = 6\n"
             "a.x = 2, b.y = 4, c.z = 6\n");
  BOOST_TEST(points("a.x = {1, 2}\nb.y = {3, 4}\nc.z = {5, 6}\nzip = a.x + b.y, c.z + b.y") ==
             "a.x = 1, b.y = 3, c.z = 5\na.x = 2, b.y = 4, c.z = 6\n");
  BOOST_TEST(points("a.x = {1, 2}\nb.y = {3}\nzip = a.x + b.y") == "a.x has 2 values and b.y has 1");
  BOOST_TEST(points("a.x = {1, 2}\nzip = a.x + b.y") == "'b.y' is no axis of this sweep");
  // A value may repeat if what varies with it does not.
  BOOST_TEST(points("a.x = {1, 2, 3}\nb.y = {4, 4, 5}\nzip = a.x + b.y") ==
             "a.x = 1, b.y = 4\na.x = 2, b.y = 4\na.x = 3, b.y = 5\n");
  BOOST_TEST(points("a.x = {1, 2, 1}\nb.y = {4, 4, 4}\nzip = a.x + b.y") == "the value '1' with '4' occurs twice");
  // Random axes are drawn together: three points, not nine.
  const std::string drawn = points("a.x = {0.0..1 random}\nb.y = {1e-3..1 log random}\ndraws = 3");
  BOOST_TEST(std::ranges::count(drawn, '\n') == 3);
}

BOOST_AUTO_TEST_CASE(mistakes) {
  BOOST_TEST(values("5") == "'5' is no set of values in braces");
  BOOST_TEST(values("{}") == "there are no values in the braces");
  BOOST_TEST(values("{1, 2, 1}") == "the value '1' occurs twice");
  BOOST_TEST(values("{1..x}") == "'x' is not a number");
  BOOST_TEST(values("{0.1..0.5}") == "a range of decimal numbers needs a step or a number of values");
  BOOST_TEST(values("{5..1}") == "the range 5..1 does not rise");
  BOOST_TEST(values("{0..1 log 3}") == "a logarithmic range starts above 0");
  BOOST_TEST(values("{1..2 log}") == "after the ends of a range comes the number of its values, or `random`");
  BOOST_TEST(values("{1..2..1 log 4}") == "a range has a step or a number of values, not both");
  BOOST_TEST(values("{1..2 random}") == "a random axis needs the number of draws");
  BOOST_TEST(values("{1..5..0}") == "the step 0 is not positive");
  BOOST_TEST(values("{1..1000000}") == "more than 100000 values");
  BOOST_TEST(values("{\"a, b}") == "a quote is not closed");
  BOOST_TEST(points("seeds = {1..3}") == "unknown key 'seeds' in [sweep]");
  BOOST_TEST(points("a.x = {1..1000}\nb.y = {1..1000}") == "the sweep has 1e+06 jobs");
  BOOST_TEST(points("a.x = {1..3}\ndraws = many") == "value 'many' of draws is not a whole number up to 100000");
}

BOOST_AUTO_TEST_SUITE_END()
