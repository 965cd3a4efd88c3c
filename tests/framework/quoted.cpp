// Text of users and files in messages: short, and legible whatever it contains.
#include <boost/test/unit_test.hpp>
#include <pipeline/quoted.hpp>

#include "base/utf8.hpp"

BOOST_AUTO_TEST_SUITE(text_in_messages)

BOOST_AUTO_TEST_CASE(usual_text_is_shown_as_it_is) {
  BOOST_TEST(pipeline::quoted("") == "''");
  BOOST_TEST(pipeline::quoted("lerning_rate") == "'lerning_rate'");
  BOOST_TEST(pipeline::quoted("a b") == "'a b'");
  BOOST_TEST(pipeline::quoted("größe 5 µm") == "'größe 5 µm'");
  BOOST_TEST(pipeline::quoted("C:\\x") == "'C:\\x'");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_seen_is_shown_by_its_bytes) {
  BOOST_TEST(pipeline::quoted("0\r3") == "'0\\x0d3'");
  BOOST_TEST(pipeline::quoted("a\tb") == "'a\\x09b'");
  BOOST_TEST(pipeline::quoted(std::string_view("a\0b", 3)) == "'a\\x00b'");
  BOOST_TEST(pipeline::quoted("\x1b[31mred") == "'\\x1b[31mred'");
  BOOST_TEST(pipeline::quoted("\x7f") == "'\\x7f'");
  BOOST_TEST(pipeline::quoted("Gr\xf6\xdf"
                              "e") == "'Gr\\xf6\\xdfe'");
  BOOST_TEST(pipeline::quoted("\xc3") == "'\\xc3'");                   // a character cut in half
  BOOST_TEST(pipeline::quoted("\u009b31m") == "'\\xc2\\x9b31m'");      // a control character of two bytes
  BOOST_TEST(pipeline::quoted("steps\u00a0") == "'steps\\xc2\\xa0'");  // a blank copied from a web page
  BOOST_TEST(pipeline::quoted("a\u200b") == "'a\\xe2\\x80\\x8b'");
  BOOST_TEST(pipeline::quoted("\u202egnp") == "'\\xe2\\x80\\xaegnp'");  // shows the rest backwards
  BOOST_TEST(pipeline::quoted("\ufeffa") == "'\\xef\\xbb\\xbfa'");
}

BOOST_AUTO_TEST_CASE(long_text_is_cut_after_40_characters) {
  BOOST_TEST(pipeline::quoted(std::string(40, 'x')) == "'" + std::string(40, 'x') + "'");
  BOOST_TEST(pipeline::quoted(std::string(41, 'x')) == "'" + std::string(37, 'x') + "...'");
  std::string letters;
  for (int i = 0; i < 41; ++i) letters += "ö";
  BOOST_TEST(pipeline::quoted(letters) == "'" + letters.substr(0, 2 * 37) + "...'");
  // An escaped byte is not cut in the middle.
  BOOST_TEST(pipeline::quoted(std::string(20, '\r')) == "'\\x0d\\x0d\\x0d\\x0d\\x0d\\x0d\\x0d\\x0d\\x0d...'");
  BOOST_TEST(pipeline::base::quoted_path("/" + std::string(200, 'x')) == "'/" + std::string(200, 'x') + "'");
  BOOST_TEST(pipeline::base::quoted_path(std::string(5000, 'x')).size() == 302u);
}

BOOST_AUTO_TEST_CASE(a_hundred_megabytes_take_no_time) {
  const std::string text(100'000'000, 'x');
  std::size_t size = 0;
  for (int i = 0; i < 10'000; ++i) size += pipeline::quoted(text).size();  // at 0.01 s each, this would take minutes
  BOOST_TEST(size == 10'000u * 42u);
}

BOOST_AUTO_TEST_SUITE_END()
