// The dataset csv: which labels are classes, in which order, and labels that are probably none.
#include "csv_study.hpp"

using namespace support;
using pipeline::Data;

namespace {

/// Two rows of each of these labels, in this order.
std::string table_of(const std::vector<std::string>& words) {
  std::string rows = "a,kind\n";
  for (int twice = 0; twice < 2; ++twice)
    for (const std::string& word : words) rows += (twice ? "2," : "1,") + word + "\n";
  return rows;
}
std::string warned(const std::vector<std::string>& words) {
  return Study{.train = table_of(words), .test = table_of(words)}.warned();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(csv_classes)

BOOST_AUTO_TEST_CASE(classes_are_the_labels_that_occur_in_order) {
  const std::tuple<std::vector<std::string>, std::string, std::string> cases[] = {
      {{"1", "2", "10", "9"}, "1, 2, 9, 10", "0 1 3 2"},
      {{"3", "8", "5"}, "3, 5, 8", "0 2 1"},
      {{"1", "-1"}, "-1, 1", "1 0"},
      {{"2.0", "1.0"}, "1, 2", "1 0"},
      {{"9", "65535", "10"}, "9, 10, 65535", "0 2 1"},
      {{"1e3", "20"}, "20, 1000", "1 0"},
      {{"10", "9", "b"}, "10, 9, b", "0 1 2"},
      {{"no", "YES", "yes"}, "YES, no, yes", "1 0 2"},
      {{"9007199254740993", "9007199254740992"}, "9007199254740992, 9007199254740993", "1 0"},
      {{"0", "1", "2"}, "", "0 1 2"}};  // the numbers are the names
  for (const auto& [words, names, numbers] : cases) BOOST_TEST_CONTEXT(listed(words)) {
      const Data data = Study{.train = table_of(words), .test = table_of(words)}.data();
      BOOST_TEST(data.classes == words.size());
      BOOST_TEST(listed(data.class_names) == names);
      BOOST_TEST(labels(data.train) == numbers + " " + numbers);
      BOOST_TEST(data.test.labels.front() == data.train.labels.front());
    }
}

BOOST_AUTO_TEST_CASE(equal_numbers_are_one_class_and_equal_words_are_not) {
  const Data numbers = Study{.train = "a,k\n1,1\n1,01\n1,2\n1,+1\n", .test = "a,k\n1,1.0\n1,2e0\n"}.data();
  BOOST_TEST(numbers.classes == 2u);
  BOOST_TEST(labels(numbers.train) == "0 0 1 0");
  BOOST_TEST(labels(numbers.test) == "0 1");
  const Data words = Study{.train = "a,k\n1,1\n1,01\n1,x\n", .test = "a,k\n1,1\n"}.data();
  BOOST_TEST(listed(words.class_names) == "01, 1, x");
  BOOST_TEST(labels(words.test) == "1");
}

BOOST_AUTO_TEST_CASE(a_missing_label_is_refused_with_its_place) {
  for (const std::string word :
       {"", "NA", "N/A", "n/a", "#N/A", "<NA>", "?", "nan", "NaN", "NAN", "null", "NULL", "None", "."})
    for (const char* missing : {"refuse", "mean"}) {
      Study study{.train = "a,kind,b\n1,x,2\n1," + word + ",2\n", .test = "a,kind,b\n1,x,2\n"};
      study.settings = {{"label", "kind"}, {"missing", missing}};
      check_says(study.complaint(), "train.csv:3:3: column 2 (kind)" +
                                        (word.empty() ? " is empty" : ": '" + word + "' is a missing value") +
                                        ", and it is the label; missing = drop_rows leaves such rows out");
      std::swap(study.train, study.test);
      check_says(study.complaint(), "test.csv:3:3: column 2 (kind)");
      study.settings[1].second = "drop_rows";
      BOOST_TEST(labels(study.data().test) == "0");
    }
}

BOOST_AUTO_TEST_CASE(labels_that_cannot_be_classes_are_refused_with_their_column) {
  std::string measured = "a,b,c\n", names = "a,b,c\n";
  for (int i = 0; i < 120; ++i) {
    measured += std::to_string(i * 37 % 101) + ".5,1," + std::to_string(i % 2) + "\n";
    names += "n" + std::to_string(i) + ",1," + std::to_string(i % 2) + "\n";
  }
  check_says(
      (Study{.train = measured, .test = measured, .settings = {{"label", "a"}}}.complaint()),
      "train.csv: label column 1 (a) holds 0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5 and 91 more: these look "
      "like measured values, not classes; set label to the name of the column that holds the classes");
  check_says((Study{.train = names, .test = names, .settings = {{"label", "1"}}}.complaint()),
             "label column 1 (a) holds n0, n1, n10, n100, n101, n102, n103, n104, n105, n106 and 110 more: with 120 "
             "different ones in 120 rows these cannot be classes");
  check_says(
      (Study{.train = "a,b\n1,x\n2," + std::string(1000, 'y') + "\n", .test = "a,b\n1,x\n"}.complaint()),
      "train.csv:3:3: column 2 (b): 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy...' is a text of 1000 bytes, too long for a "
      "class or category");
  // All different and fractions: a table of four rows is enough.
  check_says((Study{.train = "a,b\n1,.5\n2,.7\n3,.9\n4,1.5\n5,2.5\n", .test = "a,b\n1,.5\n"}.complaint()),
             "label column 2 (b) holds 0.5, 0.7, 0.9, 1.5, 2.5: these look like measured values");
}

BOOST_AUTO_TEST_CASE(doubtful_labels_are_warned_of_with_their_column) {
  BOOST_TEST(
      warned({"2007", "2008", "2009"}) ==
      "label column 2 (kind) holds 2007, 2008, 2009, which look like years; each is taken as a class of its own; "
      "set label to the name of the column that holds the classes\n");
  BOOST_TEST(
      warned({"0.5", "1", "1.5"}) ==
      "label column 2 (kind) holds 0.5, 1, 1.5, which look like measured values; each is taken as a class of its "
      "own; set label to the name of the column that holds the classes\n");
  const Study unnamed{.train = "1,1990\n2,2001\n", .test = "1,1990\n", .settings = {{"header", "no"}}};
  check_says(unnamed.warned(), "label column 2 holds 1990, 2001, which look like years");
  check_says(unnamed.warned(), "set label to the number of the column that holds the classes");
  std::vector<std::string> many;
  for (int i = 0; i < 130; ++i) many.push_back("s" + std::to_string(i));
  std::string rows = "a,kind\n";
  for (int k = 0; k < 3; ++k)
    for (const std::string& word : many) rows += std::to_string(k) + "," + word + "\n";
  check_says((Study{.train = rows, .test = rows}.warned()),
             "label column 2 (kind) holds 130 different labels (s0, s1, s10");
  for (const std::vector<std::string>& good :
       {std::vector<std::string>{"1", "2"}, {"x", "y"}, {"1", "3000"}, {"-1", "1"}})
    BOOST_TEST(warned(good) == "");
}

BOOST_AUTO_TEST_CASE(labels_that_differ_only_in_case_or_blanks_are_noticed) {
  BOOST_TEST(warned({"cat", "dog", "Cat"}) ==
             "train.csv:4:3: column 2 (kind): 'Cat' and 'cat' (line 2) differ only in case or blanks, and are two "
             "classes; if they mean the same, write them alike\n");
  check_says(warned({"cat", "\"cat \""}), "'cat ' and 'cat' (line 2) differ only in case or blanks");
  BOOST_TEST(warned({"cat", "cats"}) == "");
  const std::string sexes = "sex,k\nm,x\nM,y\n";
  check_says(
      (Study{.train = sexes, .test = sexes, .settings = {{"categories", "sex"}}}.warned()),
      "train.csv:3:1: column 1 (sex): 'M' and 'm' (line 2) differ only in case or blanks, and are two categories");
}

BOOST_AUTO_TEST_SUITE_END()
