// Pipeline files as texts: several mistakes at once, no text at all, too much of it.
#include "support/csv_rows.hpp"
#include "support/program.hpp"

using namespace support;

namespace {

/// The file must resolve to the same pipeline as the small study.
void check_same_meaning(const World& world, const std::string& bytes,
                        std::source_location where = std::source_location::current()) {
  world.write("other.ini", bytes);
  world.write("small.ini", small_study);
  const Said said = world.run({"show", "other.ini"});
  check_exit(said, 0, where);
  check_text(said.out, world.run({"show", "small.ini"}).out, where);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pipeline_files)

BOOST_AUTO_TEST_CASE(run_and_show_print_the_same_errors_as_check) {
  const World world;
  world.write("study.ini", replaced(small_study, "steps = 30", "steps = -1"));
  const Said checked = world.run({"check", "study.ini"});
  for (const std::string command : {"run", "show"}) {
    const Said said = world.run({command, "study.ini"});
    check_exit(said, 2);
    check_text(said.err, checked.err);
    BOOST_TEST(said.out == "");
  }
  BOOST_TEST(!fs::exists(world.here / "runs"));
}

BOOST_AUTO_TEST_CASE(errors_in_file_and_command_line_are_reported_together) {
  const World world;
  world.write("study.ini", replaced(small_study, "steps = 30", "steps = -1"));
  const Said said = world.run({"check", "study.ini", "model:l2.l2.lambda=-1"});
  check_exit(said, 2);
  check_text(said.err, R"(study.ini:14:9: error: value '-1' of steps is not a whole number (digits only)
   14 | steps = -1
      |         ^~ x >= 0
command line: model:l2.l2.lambda: error: value '-1' of l2.lambda is outside the range x >= 0
   | model:l2.l2.lambda=-1
   |                    ^~ x >= 0, default 5e-05
)");
}

BOOST_AUTO_TEST_CASE(at_most_50_errors_are_printed) {
  const World world;
  std::string text = small_study;
  for (int i = 0; i < 60; ++i) text += "[odd" + std::to_string(i) + "]\n";
  world.write("study.ini", text);
  const Said said = world.run({"check", "study.ini"});
  check_exit(said, 2);
  BOOST_TEST(said.err.ends_with("\n... and 10 more\n"));
}

BOOST_AUTO_TEST_CASE(no_colours_without_a_terminal) {
  const World world;
  world.write("study.ini", "[]\n");
  BOOST_TEST(world.run({"check", "study.ini"}).err.find('\033') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(comments_and_white_space_are_ignored) {
  const World world;
  std::string text;
  for (const std::string& line : lines_of(small_study))
    text += "\t" + line + (line.empty() ? "" : " \t; why #not") + "\n\n";
  check_same_meaning(world, text);
  check_same_meaning(world, replaced(small_study, " = ", "="));
}

BOOST_AUTO_TEST_CASE(line_ends_byte_order_mark_and_a_missing_last_newline_are_ignored) {
  const World world;
  check_same_meaning(world, replaced(small_study, "\n", "\r\n"));
  check_same_meaning(world, "\xef\xbb\xbf" + small_study);
  check_same_meaning(world, small_study.substr(0, small_study.size() - 1));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_text_causes_one_error) {
  const World world;
  world.write("study.ini", std::string("\xff\xfe[\0p\0", 6));
  Said said = world.run({"check", "study.ini", "training.steps=5"});
  check_exit(said, 2);
  check_says(said.err, "this file is UTF-16: save it as UTF-8");
  BOOST_TEST(lines_of(said.err).size() == 3u);
  world.write("study.ini", read_file(BUILD_DIR "/bin/pipeline").substr(0, 100'000));
  said = world.run({"check", "study.ini"});
  check_exit(said, 2);
  check_says(said.err, "is this a text file?");
  // Nothing is reported as missing, because it may be in the part that cannot be read.
  BOOST_TEST(lines_of(said.err).size() == 3u);
  world.write("study.ini", "");
  said = world.run({"check", "study.ini"});
  check_exit(said, 2);
  check_says(said.err, "there is no [model:NAME] section");
}

BOOST_AUTO_TEST_CASE(nothing_is_reported_as_missing_if_an_included_file_cannot_be_read) {
  const World world;
  world.write("study.ini", "[pipeline]\ninclude = nosuch.ini\n\n[training]\nsteps = 5\n");
  const Said said = world.run({"check", "study.ini", "model:l2.l2.lambda=1e-4"});
  check_exit(said, 2);
  check_text(said.err, R"(study.ini:2:11: error: cannot read 'nosuch.ini': No such file or directory
    2 | include = nosuch.ini
      |           ^~~~~~~~~~ the path is relative to the including file
)");
}

// Complaints stop at a stated number, and neither memory nor messages grow faster than the file.
BOOST_AUTO_TEST_CASE(huge_lists_and_values_are_refused_in_few_words) {
  const World world;
  const auto check = [&](const std::string& right, const std::string& wrong) {
    world.write("study.ini", replaced(small_study, right, wrong));
    const Said said = world.run({"check", "study.ini"});
    check_exit(said, 2);
    BOOST_TEST(said.err.size() < 60'000u);
    return said.err;
  };
  const auto many = [](std::size_t count, const auto& text) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += text(std::to_string(i));
    return all;
  };
  const auto entry = [](const std::string& i) { return ", entry_" + i; };
  check_says(check("regularisers = l2", "regularisers = l2" + many(100'000, entry)),
             "regularisers lists 100001 entries\n");
  BOOST_TEST(check("regularisers = l2", "regularisers = l2" + many(900, entry)).ends_with("\n... and 850 more\n"));
  check_says(check("plugin = digits", "plugin = digits\nwrappers = x" + many(100'000, entry)),
             "wrappers lists 100001 entries\n");
  check_says(check("[model:plain]", many(10'001, [](const std::string& i) { return "[model:m" + i + "]\n"; })),
             "it can have at most 10000\n");
  BOOST_TEST(check("steps = 30", "steps = 30\n" + many(50'000, [](const std::string& i) { return "k" + i + " = 1\n"; }))
                 .ends_with("\n... and 49950 more\n"));
  BOOST_TEST(
      check("steps = 30", "steps = 30\n" + many(50'000, [](const std::string& i) { return "garbage" + i + "\n"; }))
          .ends_with("\n... and 49950 more\n"));
  const std::string long_word(10'000'000, 'x');
  const std::pair<std::string, std::string> values[] = {
      {"steps = 30", "steps = "},           {"steps = 30", "steps = 30\nkernels = "},
      {"l2.lambda = 1e-3", "l2.layers = "}, {"every = 10", "every = 10\non = "},
      {"name = small", "name = "},          {"plugin = digits", "plugin = "}};
  for (const auto& [right, start] : values) BOOST_TEST(check(right, start + long_word).size() < 3000u, start);
  check_says(check("[model:l2]", "[model:" + std::string(1'000'000, 'm') + "]"), "a name of 1000000 characters");
}

BOOST_AUTO_TEST_CASE(a_file_of_ten_megabytes_is_read_like_any_other) {
  const World world;
  std::string text = small_study;
  text.reserve(11'000'000);
  while (text.size() < 10'000'000) text += "# filler filler filler filler filler filler filler filler filler filler\n";
  check_same_meaning(world, text);
  world.write("study.ini", text + "stpes = 5\n");  // the last line is read too
  check_says(world.run({"check", "study.ini"}).err, "unknown key 'stpes' in [metric:accuracy]");
}

BOOST_AUTO_TEST_SUITE_END()
