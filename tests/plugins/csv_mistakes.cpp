// The dataset csv: the mistakes of a table are reported together, with what to do.
#include "csv_study.hpp"

using namespace support;

namespace {

/// The complaint without the folder of the table.
std::string said(const std::string& table, const Settings& settings = {}) {
  const Study study{.train = table, .settings = settings};
  std::string text = study.complaint();
  const std::string folder = study.scratch.path().string() + "/";
  for (std::size_t at = 0; (at = text.find(folder, at)) != std::string::npos;) text.erase(at, folder.size());
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(csv_mistakes)

BOOST_AUTO_TEST_CASE(several_are_told_together_each_kind_once) {
  BOOST_TEST(
      said("a,b,c,k\n"
           "1,2,3,x\n"
           "1,u,3,x\n"
           "1,,3,y\n"
           "1,v,,y\n"
           "1,2\n"
           "1,2,3,4,\"5\n6\"\n"
           "1,2,3,\n"
           "1,2\n"
           "1,-inf,3,x\n"
           "2,3,4,x\n") ==
      "train.csv: has several mistakes:\n"
      "  train.csv:3:3: column 2 (b): 'u' is not a number, while most cells of the column are; if it stands for a "
      "missing value, leave it empty and set missing, or leave the column out (drop = b) (and so in 1 more row)\n"
      "  train.csv:4:3: column 2 (b) is empty; set missing = drop_rows or missing = mean, or leave the column out "
      "(drop = b)\n"
      "  train.csv:5:5: column 3 (c) is empty; set missing = drop_rows or missing = mean, or leave the column out "
      "(drop = c)\n"
      "  train.csv:6:3: the line ends after 2 cells; line 1 has 4 (and so in 1 more row); pipeline data inspect "
      "train.csv shows what the table is\n"
      "  train.csv:7:7: the line continues after 4 cells, the number in line 1; pipeline data inspect train.csv "
      "shows what the table is\n"
      "  train.csv:9:7: column 4 (k) is empty, and it is the label; missing = drop_rows leaves such rows out\n"
      "  train.csv:11:3: column 2 (b): '-inf' is not a finite number");
}

BOOST_AUTO_TEST_CASE(what_makes_the_rest_unreadable_is_told_with_what_comes_before_it) {
  const std::string all = said("a,b,k\n1,u,x\n1,2,\"x\n");
  check_says(all, "train.csv:2:3: column 2 (b): 'u' is not a number");
  check_says(all, "\n  train.csv:3:5: this quote is never closed");
  BOOST_TEST(said("a,b,k\n1,2,x\n1,2,\"x\n") == "train.csv:3:5: this quote is never closed");
}

BOOST_AUTO_TEST_CASE(ten_are_shown) {
  std::string names, rows;
  for (int c = 0; c < 25; ++c) {
    names += "c" + std::to_string(c) + ",";
    rows += "w,";
  }
  const std::string all = said(names + "k\n" + rows + "x\n" + rows + "y\n");
  check_says(all, "\n  train.csv:2:19: column 10 (c9): 'w' is not a number");
  BOOST_TEST(all.ends_with("\n  ... and 15 more"));
  BOOST_TEST(all.find("(c10)") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(names_read_as_a_sample_are_the_only_mistake) {
  BOOST_TEST(said("a,b,c\n1,,0\n", {{"header", "no"}}) ==
             "train.csv:1:1: column 1: 'a' is not a number; if this line names the columns, set header = yes");
}

BOOST_AUTO_TEST_CASE(a_column_of_names_is_not_advised_as_categories) {
  std::string names = "who,k\n", colours = "colour,k\n";
  for (int i = 0; i < 30; ++i) {
    names += "n" + std::to_string(i) + "," + std::to_string(i % 2) + "\n";
    colours += std::string(i % 3 ? "red" : "blue") + "," + std::to_string(i % 2) + "\n";
  }
  BOOST_TEST(said(names) ==
             "train.csv:2:1: column 1 (who): 'n0' is not a number, and the words of this column are nearly all "
             "different: leave the column out (drop = who) (and so in 29 more rows)");
  check_says(said(colours), "or make an input of each of its words (categories = colour) (and so in 29 more rows)");
}

BOOST_AUTO_TEST_CASE(text_in_another_encoding_is_refused) {
  const std::string remedy =
      " is not UTF-8: save the file as UTF-8; if it is Latin-1, as from Excel: iconv -f latin1 -t utf8 FILE > NEW";
  BOOST_TEST(said("a,gr\xf6\xdf"
                  "e,k\n1,2,x\n") == "train.csv:1:5: the byte '\\xf6'" + remedy);
  BOOST_TEST(said("a,k\n1,x\n2,caf\xe9\n") == "train.csv:3:6: the byte '\\xe9'" + remedy);
  check_says(said("# \x80uro\na,k\n1,x\n", {{"comment", "#"}}), "train.csv:1:3: the byte '\\x80'");
  check_says(said(gzipped("a,k\n1,\xc3")), "train.csv:2:3: the byte '\\xc3'");   // cut off
  check_says(said("a,k\n1,\xc0\xaf\n"), "train.csv:2:3: the byte '\\xc0'");      // longer than needed
  check_says(said("a,k\n1,\xed\xa0\x80\n"), "train.csv:2:3: the byte '\\xed'");  // a surrogate
  const std::string good = "gr\u00f6\u00dfe,k\n1,\u732b\n2,\U0001f408\n";
  BOOST_TEST(listed(Study{.train = good, .test = good}.data().class_names) == "\u732b, \U0001f408");
}

BOOST_AUTO_TEST_CASE(lines_above_the_table_are_named) {
  const std::string rows = "1,2,x\n3,4,y\n5,6,x\n";
  BOOST_TEST(said("Results of 2024\n\na,b,k\n" + rows) ==
             "train.csv:1:1: line 1 is no part of the table, which begins in line 3 with 3 cells; delete it, or begin "
             "each such line with # and set comment = \"#\"");
  check_says(said("Results,2024\nof all\na,b,k\n" + rows), "lines 1 to 2 are no part of the table");
  check_says(said("a,b\n" + rows), "line 1 has 2 cells, one fewer than the lines of the table, which begins in line 2");
}

BOOST_AUTO_TEST_CASE(the_command_in_a_message_can_be_pasted) {
  const Scratch scratch;
  const std::string file = scratch.write("it's my table.csv", "a\n1\n").string();
  const std::string message = (Study{.settings = {{"train", file}}}.complaint());
  check_says(message, "; pipeline data inspect '" + scratch.path().string() + "/it'\\''s my table.csv' shows");
}

BOOST_AUTO_TEST_SUITE_END()
