// Ten megabytes of text are read to the end. Anything quadratic takes hours, longer than a test may take.
#include <boost/test/unit_test.hpp>

#include "config/line.hpp"
#include "framework/config_support.hpp"

using namespace pipeline::config;

namespace {

constexpr std::size_t ten_megabytes = 10'000'000;

std::string repeated(const std::string& start, const auto& line) {
  std::string text = start;
  for (std::size_t i = 0; text.size() < ten_megabytes; ++i) text += line(std::to_string(i));
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_large)

BOOST_AUTO_TEST_CASE(many_keys) {
  Reading r(repeated("[s]\n", [](const std::string& i) { return "key_" + i + " = 1 ; a comment of some length\n"; }));
  BOOST_TEST(r.complained() ==
             "a.ini:100001:1: error: more than 100000 sections and keys\n"
             "100001 | key_99999 = 1 ; a comment of some length\n"
             "       | ^ is this a pipeline file?");
  BOOST_TEST(r.complaints.unread());
  BOOST_TEST(child(r.tree, "s")->size() == 99'999u);
  SectionReader section("s", child(r.tree, "s"), r.complaints);
  section.finish();
  BOOST_TEST(r.complaints.count() == 100'000u);
  BOOST_TEST(r.complaints.list().size() == Complaints::most_kept);
}

BOOST_AUTO_TEST_CASE(many_sections) {
  const Reading r(
      repeated("", [](const std::string& i) { return "[model:a_section_with_some_long_name_" + i + "]\n"; }));
  BOOST_TEST(r.complaints.count() == 1u);
}

BOOST_AUTO_TEST_CASE(the_same_key_over_and_over) {
  const Reading r(repeated("[s]\n", [](const std::string&) { return "a_key_that_is_repeated_many_times = 1\n"; }));
  // From the second on, the heading of another section is probably missing; and there are too many.
  BOOST_TEST(r.complaints.count() == 2u);
}

BOOST_AUTO_TEST_CASE(lines_of_garbage) {
  const Reading r(repeated("[s]\n", [](const std::string& i) { return "garbage_" + i + "\n"; }));
  BOOST_TEST(r.complaints.count() == 100'000u);
  BOOST_TEST(r.complaints.list().size() == Complaints::most_kept);
  BOOST_TEST(child(r.tree, "s")->size() < Complaints::most_kept);  // nor is memory spent on the others
  BOOST_TEST(r.complained().size() < 20'000u);
}

// Every item of the line is a word with a place, and every complaint shows a part of the line.
BOOST_AUTO_TEST_CASE(a_line_of_a_million_items) {
  const Reading r(repeated("[s]\nk = x", [](const std::string& i) { return ", " + i; }) + "\n");
  Complaints complaints;
  const std::vector<Word> all = items(child(*child(r.tree, "s"), "k")->data().value);
  BOOST_TEST(all.size() > 1'000'000u);
  for (const Word& item : all) complaints.add(item, "no");
  BOOST_TEST(complaints.count() == all.size());
  const std::string said = PipelineTextError(complaints).what();
  BOOST_TEST(said.ends_with("\n... and " + std::to_string(all.size() - Complaints::most_kept) + " more"));
  BOOST_TEST(said.size() < 30'000u);
  BOOST_TEST(all.back().place.column > ten_megabytes / 2);
}

BOOST_AUTO_TEST_CASE(one_line) {
  for (const char* start : {"[s]\nk = ", "[s]\n", "[s]\nk = \"", "[s]\nk = {", "["}) {
    const Reading r(start + std::string(ten_megabytes, 'x'));
    BOOST_TEST(r.complained().size() < 2000u);
  }
}

BOOST_AUTO_TEST_CASE(a_list_of_unknown_sections_to_drop) {
  const Reading r(repeated("[pipeline]\ninclude = b.ini\ndrop = x", [](const std::string& i) { return ", " + i; }), {},
                  {{"b.ini", "[s]\n"}});
  BOOST_TEST(r.complaints.count() > 1'000'000u);
  BOOST_TEST(r.complained().size() < 20'000u);
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_text) {
  BOOST_TEST(Reading(std::string(ten_megabytes, '\xff')).complaints.list().size() == 2u);
  BOOST_TEST(Reading(std::string(ten_megabytes, '\0')).complaints.list().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
