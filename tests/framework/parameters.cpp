// The parameters of an object refer to its members, so they must never be copied; a misfit names its parameter.
#include <boost/test/unit_test.hpp>
#include <pipeline/parameters.hpp>
#include <type_traits>

using namespace pipeline;

// A copy would still set the members of the object that the original was declared for.
static_assert(!std::is_copy_constructible_v<Parameters> && !std::is_copy_assignable_v<Parameters>);
static_assert(!std::is_move_constructible_v<Parameters> && !std::is_move_assignable_v<Parameters>);

BOOST_AUTO_TEST_SUITE(parameters)

BOOST_AUTO_TEST_CASE(a_range_reads_as_it_tests) {
  BOOST_TEST(above(0).up_to(1).text() == "0 < x <= 1");
  BOOST_TEST((!above(0).contains(0) && above(0).up_to(1).contains(1)));
  BOOST_TEST((!at_least(0).contains(infinity) && at_least(0).up_to(infinity).contains(infinity)));
}

BOOST_AUTO_TEST_CASE(a_parameter_states_range_choices_and_default) {
  double rate = .5;
  std::string form = "b";
  Parameters p;
  p.number("rate", rate, at_least(0).below(1), "how much");
  p.choice("form", form, {"a", "b"}, "which");
  BOOST_TEST((p.all()[0].type == ParameterType::number));
  BOOST_TEST(p.all()[0].range->high == 1);
  BOOST_TEST(p.all()[0].values_text() == "0 <= x < 1");
  BOOST_TEST(p.all()[0].initial == "0.5");
  BOOST_TEST((p.all()[1].type == ParameterType::choice && p.all()[1].choices.size() == 2));
  BOOST_TEST(!p.find("rate")->set("0.25"));
  BOOST_TEST(rate == .25);
  BOOST_TEST(p.find("rate")->set("1").has_value());
  BOOST_TEST(rate == .25);
}

BOOST_AUTO_TEST_CASE(a_list_of_choices_has_each_at_most_once) {
  std::vector<std::string> formats = {"svg"};
  Parameters p;
  const Parameter& format = p.words("format", formats, {"svg", "png"}, "which");
  BOOST_TEST(format.initial == "svg");
  BOOST_TEST(format.values_text() == "svg, png");
  BOOST_TEST(!format.set("png, svg"));
  BOOST_TEST(format.get() == "png, svg");
  for (const auto& [text, refusal] : {std::pair{"svg, gif", "contains 'gif', which is not one of the choices"},
                                      {"gif", "is not one of the choices"},
                                      {"", "is not one of the choices"},
                                      {"svg, png, svg", "names 'svg' twice"}})
    BOOST_TEST(format.set(text).value_or("") == refusal);
  BOOST_TEST(format.get() == "png, svg");
}

BOOST_AUTO_TEST_CASE(a_misfit_names_its_parameter_whatever_its_message) {
  const Misfit misfit("pixels", "= 40 moves every image out of the frame");
  BOOST_TEST(misfit.parameter == "pixels");
  BOOST_TEST(misfit.what() == "pixels = 40 moves every image out of the frame");
}

BOOST_AUTO_TEST_SUITE_END()
