// The complete text of every error message about the syntax of a pipeline.
#include <boost/test/unit_test.hpp>

#include "framework/config_support.hpp"

using namespace pipeline::config;

namespace {

struct Case {
  const char *text, *complaint;
};

const Case cases[] = {
    {"steps = 5\nmore = 6\n[s]\n",
     "a.ini:1:1: error: text before the first section\n"
     "    1 | steps = 5\n"
     "      | ^~~~~~~~~ a pipeline file starts with a section such as [pipeline]"},
    {"[training ; the schedule\nsteps = 5",
     "a.ini:1:1: error: missing ']'\n"
     "    1 | [training ; the schedule\n"
     "      | ^~~~~~~~~"},
    {"[s] k = 5 ; c",
     "a.ini:1:5: error: text after ']'\n"
     "    1 | [s] k = 5 ; c\n"
     "      |     ^~~~~~~~~ put a key on its own line; put white space before a comment"},
    {"[ ]\nk = 5",
     "a.ini:1:1: error: a section without a name\n"
     "    1 | [ ]\n"
     "      | ^~~"},
    {"[model: l2]\nk = 5",
     "a.ini:1:2: error: 'model: l2' is not a valid section name\n"
     "    1 | [model: l2]\n"
     "      |  ^~~~~~~~~ a section is 'name' or 'kind:name'; names consist of letters, digits, _ and -"},
    {"[a:b:c]",
     "a.ini:1:2: error: 'a:b:c' is not a valid section name\n"
     "    1 | [a:b:c]\n"
     "      |  ^~~~~ a section is 'name' or 'kind:name'; names consist of letters, digits, _ and -"},
    {"[sweep]\na:b:c.rate = {1,2}",
     "a.ini:2:1: error: 'a:b:c.rate' is not section.key\n"
     "    2 | a:b:c.rate = {1,2}\n"
     "      | ^~~~~~~~~~ a key of [sweep] names the key that varies: training.learning_rate = {0.05, 0.1}"},
    {"[model:control]",
     "a.ini:1:2: error: the name 'control' is reserved for the untrained network\n"
     "    1 | [model:control]\n"
     "      |  ^~~~~~~~~~~~~ give the model another name"},
    {"[s]\nsteps 5 ; not = here",
     "a.ini:2:1: error: missing '=' after 'steps'\n"
     "    2 | steps 5 ; not = here\n"
     "      | ^~~~~ a line is a [section], 'key = value' or a comment"},
    {"[s]\n\t= 5",
     "a.ini:2:2: error: no key before '='\n"
     "    2 | \t= 5\n"
     "      | \t^ write key = value"},
    {"[s]\nlearning rate = 5",
     "a.ini:2:1: error: 'learning rate' is not a valid key\n"
     "    2 | learning rate = 5\n"
     "      | ^~~~~~~~~~~~~ a key consists of letters, digits, _ and -, or of several such words joined by dots"},
    {"[s]\nl2..lambda = 5",
     "a.ini:2:1: error: 'l2..lambda' is not a valid key\n"
     "    2 | l2..lambda = 5\n"
     "      | ^~~~~~~~~~ a key consists of letters, digits, _ and -, or of several such words joined by dots"},
    {"[s]\nk = \"v ; c",
     "a.ini:2:5: error: unclosed quote\n"
     "    2 | k = \"v ; c\n"
     "      |     ^~~~~~ close it with '\"' on the same line"},
    {"[s]\nk = \"v\\\"",
     "a.ini:2:5: error: unclosed quote\n"
     "    2 | k = \"v\\\"\n"
     "      |     ^~~~ close it with '\"' on the same line"},
    {"[s]\nk = \"l1\", \"l2\"",
     "a.ini:2:9: error: text after the closing quote\n"
     "    2 | k = \"l1\", \"l2\"\n"
     "      |         ^~~~~~ quote the whole value or none of it"},
    {"[s]\nk = \"v\"; c",
     "a.ini:2:8: error: text after the closing quote\n"
     "    2 | k = \"v\"; c\n"
     "      |        ^~~ quote the whole value or none of it"},
    {"[s]\nk = l1, \"l2\"",
     "a.ini:2:5: error: a quote inside an unquoted value\n"
     "    2 | k = l1, \"l2\"\n"
     "      |     ^~~~~~~~ quote the whole value, and write \\\" for each quote inside it"},
    {"[s]\nk = \"C:\\data\"",
     "a.ini:2:6: error: unknown escape '\\d' in a quoted value\n"
     "    2 | k = \"C:\\data\"\n"
     "      |      ^~~~~~~ the escapes are \\\" and \\\\; write a backslash as \\\\"},
    {"[s]\nrate = {1e-5,5e-5} ; both",
     "a.ini:2:8: error: braces are reserved for sweeps\n"
     "    2 | rate = {1e-5,5e-5} ; both\n"
     "      |        ^~~~~~~~~~~ `pipeline sweep` takes them: one run for each value; quote the value if it is plain "
     "text"},
    {"[s]\nk = 1\nk = 2",
     "a.ini:3:1: error: key 'k' appears twice in its section\n"
     "    3 | k = 2\n"
     "      | ^ the first is at a.ini:2"},
    {"[s]\nk = 1\n[t]\n[s]\nk = 2",
     "a.ini:4:2: error: section [s] appears twice\n"
     "    4 | [s]\n"
     "      |  ^ the first is at a.ini:1"},
    {"[s]\n; Gr\xf6\xdf"
     "e\nk = \xff\n",
     "a.ini:2:5: error: a character that is not UTF-8\n"
     "    2 | ; Gr\uFFFD\uFFFDe\n"
     "      |     ^ save the file as UTF-8"},
    {"[s]\nk = µ \x1b[31m\n",
     "a.ini:2:7: error: character 0x1b in a pipeline file\n"
     "    2 | k = µ \uFFFD[31m\n"
     "      |       ^ is this a text file?"},
    {"[s]\rk = 5\r",
     "a.ini:1:4: error: character 0x0d in a pipeline file\n"
     "    1 | [s]\uFFFDk = 5\uFFFD\n"
     "      |    ^ end lines with LF or CRLF"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(config_complaints)

BOOST_AUTO_TEST_CASE(each_has_a_place_and_a_remedy) {
  for (const auto& [text, complaint] : cases) {
    const Reading r(text);
    BOOST_TEST(r.complained() == complaint);
  }
}

BOOST_AUTO_TEST_CASE(all_are_reported_at_once_and_the_rest_is_read) {
  const Reading r("x\n[s\nk 5\nl = \"\nm = 1\nm = 2\n[]\nz = 1\n[t]\nn = 3\n");
  BOOST_TEST(r.complaints.list().size() == 6u);
  BOOST_TEST(flat(r.tree) == "[s]k=5|l=\"|m=1[t]n=3");
}

BOOST_AUTO_TEST_CASE(a_binary_file_causes_one_complaint) {
  BOOST_TEST(Reading(std::string("\x7f"
                                 "ELF\0\1\2[s]\n",
                                 11))
                 .complained() ==
             "a.ini:1:1: error: character 0x7f in a pipeline file\n"
             "    1 | \uFFFDELF\uFFFD\uFFFD\uFFFD[s]\n"
             "      | ^ is this a text file?");
  BOOST_TEST(Reading(std::string("[s]\nk = 1\n\0\n", 12)).complained() ==
             "a.ini:3:1: error: character 0x00 in a pipeline file\n"
             "    3 | \uFFFD\n"
             "      | ^ is this a text file?");
  BOOST_TEST(Reading(std::string("\xff\xfe[\0s\0]\0", 8)).complained() ==
             "a.ini:1:4: error: character 0x00 in a pipeline file\n"
             "    1 | \uFFFD\uFFFD[\uFFFDs\uFFFD]\uFFFD\n"
             "      |    ^ this file is UTF-16: save it as UTF-8");
}

BOOST_AUTO_TEST_CASE(the_caret_is_under_its_word_after_tabs_and_multibyte_letters) {
  Complaints complaints;
  complaints.add({"größe", {"a.ini", 123456, 7, "\tµ =\t größe"}}, "no");
  BOOST_TEST(as_text(complaints.list()[0]) ==
             "a.ini:123456:7: error: no\n"
             "123456 | \tµ =\t größe\n"
             "       | \t   \t ^~~~~");
}

BOOST_AUTO_TEST_CASE(a_long_line_is_shown_around_the_word) {
  const std::string before(1000, 'a'), after(1000, 'b');
  Complaints complaints;
  complaints.add({"WORD", {"a.ini", 1, 1001, before + "WORD" + after}}, "no", "yes");
  complaints.add({"WORD", {"a.ini", 1, 3, "  WORD" + after}}, "no", "yes");
  complaints.add({"WORD", {"a.ini", 1, 1001, before + "WORD"}}, "no", "yes");
  complaints.add({before, {"a.ini", 1, 1, before}}, "no", "yes");
  BOOST_TEST(as_text(complaints.list()[0]) ==
             "a.ini:1:1001: error: no\n"
             "    1 | ..." +
                 std::string(40, 'a') + "WORD" + std::string(116, 'b') + "...\n" + "      | " + std::string(43, ' ') +
                 "^~~~ yes");
  BOOST_TEST(as_text(complaints.list()[1]) ==
             "a.ini:1:3: error: no\n"
             "    1 |   WORD" +
                 std::string(154, 'b') + "...\n" + "      |   ^~~~ yes");
  BOOST_TEST(as_text(complaints.list()[2]) ==
             "a.ini:1:1001: error: no\n"
             "    1 | ..." +
                 std::string(156, 'a') + "WORD\n" + "      | " + std::string(159, ' ') + "^~~~ yes");
  BOOST_TEST(as_text(complaints.list()[3]) ==
             "a.ini:1:1: error: no\n"
             "    1 | " +
                 std::string(160, 'a') + "...\n" + "      | ^" + std::string(159, '~') + " yes");
}

BOOST_AUTO_TEST_CASE(a_complaint_without_a_place_is_shown_without_a_line) {
  Complaints complaints;
  complaints.add({"network", {}}, "[network] needs 'layers'", "widths of the layers");
  complaints.add({"network", {}}, "no");
  BOOST_TEST(as_text(complaints.list()[0]) == "error: [network] needs 'layers'\n   | widths of the layers");
  BOOST_TEST(as_text(complaints.list()[1]) == "error: no");
}

BOOST_AUTO_TEST_CASE(they_are_sorted_by_place_with_the_command_line_last) {
  Complaints complaints;
  complaints.add({"b", {Place::command_line, 0, 5, "a.b=1"}}, "6");
  complaints.add({"a", {Place::command_line, 0, 1, "a.b=1"}}, "7");
  complaints.add({"x", {"z.ini", 2, 1, "x"}}, "2");
  complaints.add({"x", {"z.ini", 1, 9, "x"}}, "1");
  complaints.add({"x", {"b.ini", 10, 3, "x"}}, "5");
  complaints.add({"x", {"b.ini", 9, 3, "x"}}, "3");
  complaints.add({"x", {"b.ini", 10, 1, "x"}}, "4");
  const PipelineTextError error(complaints.list());
  std::string order;
  for (const Complaint& c : error.complaints) order += c.message;
  BOOST_TEST(order == "1234567");
  BOOST_TEST(std::string(error.what()).starts_with("z.ini:1:9: error: 1\n"));
}

BOOST_AUTO_TEST_CASE(the_nearest_word) {
  const std::vector<std::string> known = {"steps", "batch_size", "learning_rate", "loss", "l1", "l2"};
  const std::pair<const char*, const char*> nearest_of[] = {
      {"stpes", "steps"},  // two swapped neighbours count as one change
      {"step", "steps"},
      {"lerning_rate", "learning_rate"},
      {"Learning_Rate", "learning_rate"},
      {"LOSS", "loss"},
      {"los", "loss"},
      {"batch-sizes", "batch_size"},
      {"l3", ""},  // a third of two letters is less than one change
      {"seeds", ""},
      {"momentum", ""},
      {"", ""},
  };
  for (const auto& [word, expected] : nearest_of) BOOST_TEST_CONTEXT(word) BOOST_TEST(nearest(word, known) == expected);
  BOOST_TEST(nearest(std::string(1000000, 'x'), {std::string(999999, 'x')}) == "");
}

BOOST_AUTO_TEST_CASE(a_suggestion_lists_what_is_valid) {
  BOOST_TEST(suggestion("stpes", {"steps", "loss", "steps"}) == "did you mean 'steps'?  (valid: loss, steps)");
  BOOST_TEST(suggestion("x", {"b", "a"}) == "(valid: a, b)");
  BOOST_TEST(suggestion("x", {}) == "");
  std::vector<std::string> many;
  for (char c = 'a'; c <= 'z'; ++c) many.push_back("key_" + std::string(1, c));
  many.push_back("layers");
  // Of many, strangers are not listed.
  BOOST_TEST(suggestion("layer", many) == "did you mean 'layers'?");
  BOOST_TEST(suggestion("x", many) == "");
  many.insert(many.end(), {"batch_norm", "path_norm", "weight_norm", "confusion_matrix"});
  BOOST_TEST(suggestion("norm", many) == "(similar: batch_norm, path_norm, weight_norm)");
  BOOST_TEST(suggestion("conf", many) == "did you mean 'confusion_matrix'?");
}

BOOST_AUTO_TEST_SUITE_END()
