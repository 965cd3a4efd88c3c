// Reading tables of others (RFC 4180).
#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "base/csv.hpp"
#include "support/scratch.hpp"

using pipeline::base::csv_field;
using pipeline::base::read_csv;

namespace {

/// Every record on a line: "2: a|b".
std::string records(const std::string& text) {
  const support::Scratch scratch;
  try {
    std::string out;
    for (const auto& [line, fields] : read_csv(scratch.write("t.csv", text))) {
      out += std::to_string(line) + ":";
      for (const std::string& field : fields) out += "|" + field;
      out += "\n";
    }
    return out;
  } catch (const std::runtime_error& e) {
    return std::string(e.what()).substr(std::string(e.what()).find("t.csv"));
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(csv_records)

BOOST_AUTO_TEST_CASE(fields_and_quotes) {
  BOOST_TEST(records("a,b\n1,\n") == "1:|a|b\n2:|1|\n");
  BOOST_TEST(records("\"a,b\",\"say \"\"yes\"\"\"\n") == "1:|a,b|say \"yes\"\n");
  BOOST_TEST(records("a\r\n\r\nb") == "1:|a\n3:|b\n");
  BOOST_TEST(records("\xef\xbb\xbf"
                     "a\n") == "1:|a\n");
  BOOST_TEST(records("\"two\nlines\",x\ny\n") == "1:|two\nlines|x\n3:|y\n");
  BOOST_TEST(records("") == "");
}

BOOST_AUTO_TEST_CASE(mistakes_have_a_line) {
  BOOST_TEST(records("a\n\"b\n") == "t.csv:2: a quote that is not closed");
  BOOST_TEST(records("a\n\"b\"c\n") == "t.csv:2: text after a closing quote");
}

BOOST_AUTO_TEST_CASE(what_is_written_reads_back) {
  for (const std::string text : {"plain", "a,b", "\"", "", "two\nlines", "\"\"x\""})
    BOOST_TEST(records("x," + csv_field(text) + "\n") == "1:|x|" + text + "\n");
}

BOOST_AUTO_TEST_SUITE_END()
