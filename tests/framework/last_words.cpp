// run.json of a run that crashes: valid JSON whatever the reason says, and however much of it fits.
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "results/last_words.hpp"
#include "support/scratch.hpp"

using namespace support;
using namespace pipeline;

namespace {

/// What the file of this size says after a crash for this reason.
std::string reason_in(std::size_t size, const std::string& why) {
  const Scratch scratch;
  const auto file = scratch.write("run.json", std::string(size, ' '));
  const results::LastWords words(file, size, "{\"why\": \"", "\"}");
  results::run_crashed(why.c_str());
  BOOST_TEST(read_file(file).size() == size);
  return nlohmann::json::parse(read_file(file))["why"];
}

}  // namespace

BOOST_AUTO_TEST_SUITE(last_words)

BOOST_AUTO_TEST_CASE(a_reason_is_cut_between_characters) {
  const std::string before = "{\"why\": \"", after = "\"}", euros = "\u20ac\u20ac\u20ac\u20ac";
  for (std::size_t room = 0; room <= euros.size(); ++room) {
    const std::string said = reason_in(before.size() + after.size() + room + 1, euros);
    BOOST_TEST(said.size() == room / 3 * 3);
    BOOST_TEST(euros.starts_with(said));
  }
}

BOOST_AUTO_TEST_CASE(what_json_cannot_contain_is_replaced) {
  BOOST_TEST(reason_in(100, "a\tb\n\"c\"\\d") == "a b 'c' d");
  BOOST_TEST(reason_in(100, "caf\xc3\xa9 \xff\xc3 \xf0\x9f\x8c\x9d") == "caf\u00e9    \U0001F31D");
  BOOST_TEST(reason_in(100, "cut in a character \xe2\x82") == "cut in a character   ");
}

BOOST_AUTO_TEST_SUITE_END()
