// The dataset csv: reading, scaling, and errors with line and column.
#include <boost/test/unit_test.hpp>

#include "csv_study.hpp"

using namespace support;
using pipeline::Data;

BOOST_AUTO_TEST_SUITE(csv)

BOOST_AUTO_TEST_CASE(reads_a_worked_example) {
  const Data data = Study().data();
  BOOST_TEST(rows(data.train.floats) == "1,10 | 2,20 | 3,60");
  BOOST_TEST(rows(data.test.floats) == "4,30");
  BOOST_TEST(labels(data.train) == "0 1 0");  // x, y in alphabetical order
  BOOST_TEST(labels(data.test) == "1");
  BOOST_TEST(data.classes == 2u);
  BOOST_TEST(data.image.height == 0u);
  BOOST_TEST(data.train.size() == 3u);
}

BOOST_AUTO_TEST_CASE(equivalent_spellings_of_a_table_yield_the_same_data) {
  const std::string expected = "1,10 | 2,20 | 3,60";
  const std::tuple<std::string, std::string, Settings> cases[] = {
      {"a,b,kind\r\n1,10,x\r\n2,20,y\r\n3,60,x\r\n", "CRLF", {}},
      {"\xEF\xBB\xBF"
       "a,b,kind\n1,10,x\n2,20,y\n3,60,x\n",
       "byte order mark",
       {}},
      {"a,b,kind\n1,10,x\n2,20,y\n3,60,x", "no final newline", {}},
      {"a,b,kind\r\n1,10,x\r\n2,20,y\r\n3,60,x\r\n\r\n\n", "empty lines at the end", {}},
      {" a , b,kind\n 1, 10 ,x \n2,20\t,y\n3,60,x\n", "blanks", {}},
      {"a,b,kind\n1.0,1e1,x\n+2,20.000,y\n3,.6e2,x\n", "other spellings", {}},
      {"\"a\",\"b\",\"kind\"\n\"1\",\"10\",\"x\"\n2,20,\"y\"\r\n3,60,\"x\"", "quotes", {}},
      {gzipped("a,b,kind\n1,10,x\n2,20,y\n3,60,x\n"), "gzip", {}}};
  for (const auto& [train, name, settings] : cases) BOOST_TEST_CONTEXT(name) {
      Study study{.train = train, .settings = settings};
      const Data data = study.data();
      BOOST_TEST(rows(data.train.floats) == expected);
      BOOST_TEST(labels(data.train) == "0 1 0");
    }
}

BOOST_AUTO_TEST_CASE(semicolons_and_tabs_separate_columns_on_request) {
  Study study{.train = "a;b;kind\n1;10;x\n", .test = "a;b;kind\n4;30;x\n", .settings = {{"separator", "semicolon"}}};
  BOOST_TEST(rows(study.data().train.floats) == "1,10");
  study.train = "a\tb\tkind\n1\t10\tx\n", study.test = "a\tb\tkind\n 4\t30\tx\n";
  study.settings = {{"separator", "tab"}};
  BOOST_TEST(rows(study.data().test.floats) == "4,30");
  study.settings = {};
  check_says(study.complaint(), "only one column");
}

BOOST_AUTO_TEST_CASE(the_label_column_is_given_by_name_or_number) {
  for (const char* label : {"kind", "2"}) {
    const Study study{
        .train = "a,kind,b\n1,0,10\n2,2,20\n", .test = "a,kind,b\n4,2,30\n", .settings = {{"label", label}}};
    const Data data = study.data();
    BOOST_TEST(rows(data.train.floats) == "1,10 | 2,20");
    BOOST_TEST(labels(data.train) == "0 1");
    BOOST_TEST(labels(data.test) == "1");
    BOOST_TEST(data.classes == 2u);
  }
  for (const char* label : {"colour", "0", "4"})
    check_says(Study{.settings = {{"label", label}}}.complaint(),
               "there is no column '" + std::string(label) + "' for the label; the columns are 1 to 3: a, b, kind");
  check_says((Study{.train = "a,k,k\n1,2,3\n", .settings = {{"label", "k"}}}.complaint()), "two columns are named 'k'");
}

BOOST_AUTO_TEST_CASE(reads_a_table_without_a_header) {
  const Study study{.train = "1,10,0\n2,20,1\n", .test = "3,30,1\n", .settings = {{"header", "no"}}};
  BOOST_TEST(rows(study.data().train.floats) == "1,10 | 2,20");
  check_says(Study{.settings = {{"header", "no"}}}.complaint(),
             "train.csv:1:1: column 1: 'a' is not a number; if this line names the columns");
}

BOOST_AUTO_TEST_CASE(test_rows_are_taken_from_the_end) {
  Study study{.test = "", .settings = {{"test_rows", "1"}}};
  BOOST_TEST(rows(study.data().train.floats) == "1,10 | 2,20");
  BOOST_TEST(rows(study.data().test.floats) == "3,60");
  BOOST_TEST(labels(study.data().test) == "0");
  study.settings = {{"test_rows", "3"}};
  check_says(study.complaint(), "test_rows = 3 of 3 rows leaves none to train on");
  study.settings = {};
  check_says(study.complaint(), "train needs a test set beside it: give test (a file) or test_rows");
  check_says((Study{.settings = {{"test_rows", "1"}}}.complaint()), "test_rows and test exclude each other");
}

// Worked by hand: a is 1, 2, 3 (mean 2, sd sqrt(2/3)), b is 10, 20, 60 (min 10, max 60).
BOOST_AUTO_TEST_CASE(scaling_uses_the_training_rows_only) {
  const auto scaled = [](const std::string& how) {
    return Study{.settings = {{"scaling", how}, {"divide_by", "10"}}}.data();
  };
  BOOST_TEST(rows(scaled("divide").train.floats) == "0.1,1 | 0.2,2 | 0.3,6");
  BOOST_TEST(rows(scaled("divide").test.floats) == "0.4,3");
  BOOST_TEST(rows(scaled("minmax").train.floats) == "0,0 | 0.5,0.2 | 1,1");
  BOOST_TEST(rows(scaled("minmax").test.floats) == "1.5,0.4");
  const Data standard = scaled("standardise");
  BOOST_TEST(standard.train.floats(0, 0) == static_cast<float>(-1 / std::sqrt(2.0 / 3)));
  BOOST_TEST(standard.train.floats(0, 1) == 0.0f);
  BOOST_TEST(standard.test.floats(1, 0) == 0.0f);  // 30 is the mean of 10, 20, 60
}

BOOST_AUTO_TEST_CASE(a_constant_feature_becomes_0) {
  for (const char* how : {"minmax", "standardise"}) {
    const Study study{
        .train = "a,b,k\n.1,1,x\n.1,2,x\n.1,3,x\n", .test = "a,b,k\n7,2,x\n", .settings = {{"scaling", how}}};
    BOOST_TEST(arma::all(study.data().train.floats.row(0) == 0));
    BOOST_TEST(study.data().test.floats(0, 0) == 0.0f);
  }
}

BOOST_AUTO_TEST_CASE(an_image_shape_must_match_the_number_of_features) {
  Study study{.settings = {{"image", "1, 2"}}};
  BOOST_TEST((study.data().image == pipeline::ImageShape{1, 2, 1}));
  study.settings = {{"image", "2, 2"}};
  check_says(study.complaint(), "height x width = 2");
}

BOOST_AUTO_TEST_CASE(quoted_cells_may_contain_separators_quotes_and_newlines) {
  const Study study{.train = "a,k\n1,\"one, or \"\"1\"\"\"\n2,\"two\nlines\"\n", .test = "a,k\n3,\"two\nlines\"\n"};
  BOOST_TEST(labels(study.data().train) == "0 1");
  BOOST_TEST(labels(study.data().test) == "1");
}

BOOST_AUTO_TEST_CASE(errors_are_reported_with_line_and_column) {
  const std::pair<std::string, std::string> cases[] = {
      {"a,b,k\n1,2,x\n1,wrong,x\n", "3:3: column 2 (b): 'wrong' is not a number"},
      {"a,b,k\n1,\"0,5\",x\n",
       "2:3: column 2 (b): '0,5' is not a number, but looks like one with a decimal comma: write 3.14, not 3,14, or "
       "leave"},
      {"a,b,k\n1,,x\n", "2:3: column 2 (b) is empty"},
      {"a,b,k\n1,2,\n", "2:5: column 3 (k) is empty"},
      {"a,b,k\n1,2,x\n1,2\n", "3:3: the line ends after 2 cells; line 1 has 3"},
      {"a,b,k\n1,2,x,4\n", "2:5: the line continues after 3 cells"},
      {"a,b,k\n1,2,x,\n", "2:5: the line continues after 3 cells"},
      {"a,b,k\n1,nan,x\n", "2:3: column 2 (b): 'nan' is a missing value; set missing = drop_rows or missing = mean"},
      {"a,b,k\n1,-nan,x\n", "'-nan' is not a finite number"},
      {"a,b,k\n1,-inf,x\n", "'-inf' is not a finite number"},
      {"a,b,kind\n1,1e39,y\n", "2:3: column 2 (b): '1e39' is too large for float32; set scaling"},
      {"a,b,k\n1,1e999,x\n", "'1e999' is out of the range"},
      {"a,b,k\n1,0x10,x\n", "'0x10' is not a number"},
      {"a,b,k\n1,1 000,x\n", "'1 000' is not a number"},
      {"a,b,k\n1,2,x\n\n1,2,x\n", "3:1: an empty line inside the table"},
      {"a,b,k\n1,\"2,x\n", "2:3: this quote is never closed"},
      {"a,b,k\n1,\"2\"3,x\n", "2:3: text after the closing quote"},
      {"a,b,k\n1,2\"3,x\n", "2:3: a quote inside a cell"},
      {"a,b,k\n\"1\",2,\"two\nlines\"\n1,z,x\n", "4:3: column 2 (b): 'z'"},
      {"a,b,k\n", "there is no row after the header"},
      {"", "is empty"},
      {"\xFF\xFE"
       "a",
       "UTF-16"}};
  for (const auto& [train, expected] : cases) {
    const Study study{.train = train};
    check_says(study.complaint(), (study.scratch.path() / "train.csv").string() + ":");
    check_says(study.complaint(), expected);
  }
}

BOOST_AUTO_TEST_CASE(a_label_found_only_in_the_test_set_is_refused) {
  check_says((Study{.test = "a,b,kind\n4,30,z\n"}.complaint()),
             "test.csv:2:6: label column 3 (kind): the label 'z' is unknown: the training rows have x, y");
  check_says((Study{.train = "a,k\n1,0\n2,3\n", .test = "a,k\n1,1\n"}.complaint()),
             "test.csv:2:3: label column 2 (k): the label '1' is unknown: the training rows have 0, 3");
  check_says(
      (Study{.train = "a,k\n1,0\n2,0\n3,1\n", .test = "", .settings = {{"test_rows", "1"}}}.complaint()),
      "train.csv:4:3: label column 2 (k): the label '1' is unknown: the training rows have 0; set stratify = yes");
}

BOOST_AUTO_TEST_CASE(a_test_table_with_other_columns_is_refused) {
  check_says((Study{.test = "b,a,kind\n4,30,x\n"}.complaint()), "test.csv: its columns differ from those of");
  check_says((Study{.train = "1,2,0\n", .test = "1,0\n", .settings = {{"header", "no"}}}.complaint()),
             "its columns differ from those of");
}

BOOST_AUTO_TEST_SUITE_END()
