// The dataset csv: columns left out, categories, missing values, and names that are none.
#include "csv_study.hpp"

using namespace support;
using pipeline::Data;

BOOST_AUTO_TEST_SUITE(csv_columns)

const std::string animals =
    "name,sex,mass,age,kind\n"
    "Tom,m,4,1,cat\n"
    "Rex,m,30,2,dog\n"
    "Mia,f,3,3,cat\n";

BOOST_AUTO_TEST_CASE(columns_and_drop_choose_the_inputs) {
  const std::pair<Settings, std::string> cases[] = {
      {{{"columns", "mass, age"}}, "4,1 | 30,2 | 3,3"},
      {{{"columns", "age, mass"}}, "4,1 | 30,2 | 3,3"},  // in the order of the file
      {{{"columns", "4"}}, "1 | 2 | 3"},
      {{{"drop", "name, sex"}}, "4,1 | 30,2 | 3,3"},
      {{{"drop", "1, 2, age"}}, "4 | 30 | 3"}};
  for (const auto& [settings, expected] : cases) {
    const Study study{.train = animals, .test = animals, .settings = settings};
    BOOST_TEST(rows(study.data().train.floats) == expected);
    BOOST_TEST(rows(study.data().test.floats) == expected);
  }
  // What is left out may hold anything.
  const Study gaps{.train = "a,b,k\n1,,x\n2,2024-01-31,y\n", .test = "a,b,k\n1,?,x\n", .settings = {{"drop", "b"}}};
  BOOST_TEST(rows(gaps.data().train.floats) == "1 | 2");
}

BOOST_AUTO_TEST_CASE(columns_that_cannot_be_meant_are_refused) {
  const std::pair<Settings, std::string> cases[] = {
      {{{"columns", "height"}}, "there is no column 'height' for columns; the columns are 1 to 5: name, sex, mass"},
      {{{"drop", "0"}}, "there is no column '0' for drop"},
      {{{"drop", "6"}}, "there is no column '6' for drop"},
      {{{"drop", "mass, 3"}}, "drop lists column 3 (mass) twice"},
      {{{"drop", "kind"}}, "drop lists the label, column 5 (kind), which is never an input"},
      {{{"columns", "mass, kind"}}, "columns lists the label, column 5 (kind)"},
      {{{"categories", "kind"}}, "categories lists the label"},
      {{{"drop", "name, sex"}, {"categories", "sex"}},
       "categories lists column 2 (sex), which columns or drop leaves out"},
      {{{"columns", "mass"}, {"categories", "sex"}},
       "categories lists column 2 (sex), which columns or drop leaves out"},
      {{{"drop", "name, sex, mass, age"}}, "no column is left as input"},
      {{{"drop", "name, sex"}, {"columns", "mass"}}, "drop and columns exclude each other"},
      {{{"image", "1, 2"}, {"categories", "sex"}}, "categories and image exclude each other"},
      {{{"image", "1, 2, 3"}}, "image has 3 numbers, but must be height, width"},
      {{{"comment", "1"}}, "comment cannot begin with '1', which rows may begin with"},
      {{{"comment", ","}}, "comment cannot begin with ','"}};
  for (const auto& [settings, expected] : cases)
    check_says((Study{.train = animals, .test = animals, .settings = settings}.complaint()), expected);
  // The name that was probably meant.
  const std::tuple<const char*, const char*, const char*> near[] = {
      {"label", "Kind", "'kind'"}, {"label", "kinds", "'kind'"}, {"drop", "NAME", "'name'"},
      {"drop", "mas", "'mass'"},   {"columns", "agee", "'age'"}, {"categories", "Sex", "'sex'"}};
  for (const auto& [key, word, meant] : near)
    check_says((Study{.train = animals, .settings = {{key, word}}}.complaint()),
               std::string("; did you mean ") + meant + "? The columns are 1 to 5: name");
  check_says((Study{.train = "a,\"b,c\",k\n1,2,x\n", .settings = {{"label", "B,C"}}}.complaint()),
             "did you mean '2', column 2 (b,c)? The columns");
  BOOST_TEST((Study{.train = animals, .settings = {{"label", "height"}}}.complaint().find("did you mean")) ==
             std::string::npos);
  for (const char* key : {"label", "columns", "drop", "categories"})
    check_says((Study{.settings = {{"header", "no"}, {key, "mass"}}}.complaint()),
               std::string(key) + " has 'mass', but a table with header = no has no names: give numbers from 1");
}

// By hand: sexes f, m are inputs 1 and 2 in place of the column.
BOOST_AUTO_TEST_CASE(a_number_that_may_mean_two_columns_is_refused) {
  const std::string table = ",1,k\n7,2,0\n4,3,1\n";
  Study study{.train = table, .test = table, .settings = {{"drop", "1"}}};
  check_says(
      study.complaint(),
      "'1' in drop is the name of column 2 and the number of a column without a name; write 'column 2' or 'column 1'");
  study.settings = {{"drop", "column 1"}};
  BOOST_TEST(rows(study.data().train.floats) == "2 | 3");
  study.settings = {{"drop", "column 2"}};
  BOOST_TEST(rows(study.data().train.floats) == "7 | 4");
  study.settings = {{"drop", "2"}};
  BOOST_TEST(rows(study.data().train.floats) == "7 | 4");
}

BOOST_AUTO_TEST_CASE(every_word_of_a_category_becomes_an_input) {
  Study study{.train = animals, .test = animals, .settings = {{"drop", "name"}, {"categories", "sex"}}};
  BOOST_TEST(rows(study.data().train.floats) == "0,1,4,1 | 0,1,30,2 | 1,0,3,3");
  BOOST_TEST(rows(study.data().test.floats) == "0,1,4,1 | 0,1,30,2 | 1,0,3,3");
  BOOST_TEST(study.warned() == "");
  // Words are only those of the rows trained on: neither those of the test file nor of validation rows.
  study.validation = 1;
  BOOST_TEST(rows(study.data().train.floats) == "1,4,1 | 1,30,2 | 0,3,3");
  BOOST_TEST(
      study.warned() ==
      "train.csv:4:5: column 2 (sex): 'f' is no category of the rows trained on, so all inputs of that column are 0 "
      "(1 row with such words)\n"
      "test.csv:4:5: column 2 (sex): 'f' is no category of the rows trained on, so all inputs of that column are 0 "
      "(1 row with such words)\n");
  // Numbers can be categories too, in the order of their bytes; the test file numbers its words in another order.
  const Study numbers{.train = "z,k\n10,x\n9,y\n", .test = "z,k\n9,x\n10,x\n", .settings = {{"categories", "z"}}};
  BOOST_TEST(rows(numbers.data().train.floats) == "1,0 | 0,1");
  BOOST_TEST(rows(numbers.data().test.floats) == "0,1 | 1,0");
}

BOOST_AUTO_TEST_CASE(missing_values_are_refused_left_out_or_filled) {
  const std::string gaps = "a,c,k\n1,u,x\nNA,v,y\n5,,x\n6,u,y\n3,v,x\n", whole = "a,c,k\n4,v,x\n?,,y\n";
  Study study{.train = gaps, .test = whole, .settings = {{"categories", "c"}}};
  check_says(
      study.complaint(),
      "train.csv:3:1: column 1 (a): 'NA' is a missing value; set missing = drop_rows or missing = mean, or leave the "
      "column out (drop = a)");
  study.settings.emplace_back("missing", "drop_rows");
  BOOST_TEST(rows(study.data().train.floats) == "1,1,0 | 6,1,0 | 3,0,1");
  BOOST_TEST(labels(study.data().train) == "0 1 0");
  BOOST_TEST(rows(study.data().test.floats) == "4,0,1");
  BOOST_TEST(study.warned() ==
             "train.csv: missing = drop_rows leaves out 2 of 5 rows; a column with many missing values can be left out "
             "instead (drop)\n"
             "test.csv: missing = drop_rows leaves out 1 of 2 rows; a column with many missing values can be left out "
             "instead (drop)\n");
  study.settings.back().second = "mean";
  // a: (1 + 5 + 6 + 3) / 4 = 3.75; of four words two are u and two v.
  BOOST_TEST(rows(study.data().train.floats) == "1,1,0 | 3.75,0,1 | 5,0.5,0.5 | 6,1,0 | 3,0,1");
  BOOST_TEST(rows(study.data().test.floats) == "4,0,1 | 3.75,0.5,0.5");
  study.validation = 2;  // the means are then those of three rows
  BOOST_TEST(rows(study.data().train.floats) == "1,1,0 | 3,0,1 | 5,0.5,0.5 | 6,1,0 | 3,0,1");
  BOOST_TEST(rows(study.data().test.floats) == "4,0,1 | 3,0.5,0.5");
  study.train = "a,c,k\n,u,x\n,v,y\n";
  study.validation = 0;
  check_says(study.complaint(), "train.csv: column 1 (a) has no value in the rows trained on: leave it out (drop = a)");
  study.settings.back().second = "drop_rows";
  check_says(study.complaint(), "every row has a missing value, so missing = drop_rows leaves none");
}

BOOST_AUTO_TEST_CASE(a_word_in_place_of_a_number_is_refused_with_what_can_be_done) {
  const auto said = [](const std::string& cell, const Settings& settings = {}) {
    return Study{.train = "a,the b,k\n1," + cell + ",x\n", .settings = settings}.complaint();
  };
  check_says(
      said("red"),
      "train.csv:2:3: column 2 (the b): 'red' is not a number; leave the column out (drop = the b), or make an input "
      "of each of its words (categories = the b)");
  for (const char* date : {"2024-01-31", "31/01/2024", "31.1.24", "12:30", "12:30:59", "2024-01-31T12:30:00Z",
                           "2024-01-31 12:30:00.5", "31-Jan-2024", "Jan 31 2024", "1959Q1", "1959M01", "3:15 PM"})
    check_says(said(date),
               "'" + std::string(date) +
                   "' looks like a date or time: convert it to a number, or leave the column out (drop = the b)");
  for (const char* word : {"1-2", "a-b-c", "1:2:3:4", "mars 5 8", "12345-1-1"})
    check_says(said(word), "'" + std::string(word) + "' is not a number; leave");
  // Numbers written in another way.
  for (const auto& [cell, with] : {std::pair("1,5", "a decimal comma: write 3.14, not 3,14"),
                                   {"-0,123", "a decimal comma"},
                                   {"1.234,56", "a decimal comma"},
                                   {"1,234,567", "thousands separators: write 1234567, not 1,234,567"},
                                   {"1,234.5", "thousands separators"},
                                   {"1.234.567", "thousands separators"},
                                   {"1'234", "thousands separators"},
                                   {"1\u00a0234", "thousands separators"},
                                   {"1,234", "a comma: write 1.234 or 1234, whichever is meant"},
                                   {"12.5 %", "a percent sign: write the number alone"},
                                   {"$1,200.50", "a currency sign: write the number alone"},
                                   {"5\u20ac", "a currency sign"}})
    check_says(said("\"" + std::string(cell) + "\""), std::string("is not a number, but looks like one with ") + with);
  for (const char* word : {"a,b", "%", "$", ",", "1,2,3,4", "v1,5"})
    BOOST_TEST(said("\"" + std::string(word) + "\"").find("looks like") == std::string::npos, word);
  check_says(said("1;5"), "'1;5' is not a number; is separator = semicolon meant?");
  check_says(said("1\t5"), "is not a number; is separator = tab meant?");
  // A name that cannot be written in a list is replaced by its number.
  check_says((Study{.train = "\"a,b\",k\nred,x\n"}.complaint()), "(drop = 1)");
  check_says((Study{.train = "a,a,k\n1,red,x\n"}.complaint()), "(drop = 2)");
}

BOOST_AUTO_TEST_CASE(a_sample_taken_as_names_is_noticed) {
  const auto warned = [](const std::string& table) { return Study{.train = table, .test = table}.warned(); };
  const std::string numbers =
      "train.csv: the names of the columns are numbers, as if the line of names were a sample; if "
      "it is one, set header = no\n";
  BOOST_TEST(warned("0.5,0.25,0\n1.5,1.25,1\n0.5,2,1\n") == numbers);
  BOOST_TEST(warned("5.1,3.5,setosa\n4.9,3,setosa\n7,3.2,virginica\n") == numbers);
  BOOST_TEST(warned("1,NA,0\n2,5,1\n2,6,0\n") == numbers);
  BOOST_TEST(
      warned("1,x,1,k\n2,5,1,0\n2,6,0,1\n") ==
      "train.csv: two columns are named by the same number, as if the line of names were a sample; if it is one, set "
      "header = no\n");
  BOOST_TEST(warned("0,1,2,k\n2,5,1,0\n2,6,0,1\n") == "");       // as pandas names columns
  BOOST_TEST(warned(",0,1,2,k\n7,2,5,1,0\n4,2,6,0,1\n") == "");  // behind its index, which has no name
  BOOST_TEST(warned(",0,k\n7,2,0\n4,2,1\n") == "");
  BOOST_TEST(warned("a,1980,k\n2,5,1\n2,6,0\n") == "");
  // Never advised where row 1 only lacks a value, or has one word among numbers.
  for (const char* table : {"NA,1,0\n2,2,1\n", "?,red,0\n2,2,1\n", "1,red,0\n2,2,1\n"}) {
    const std::string said = Study{.train = table, .settings = {{"header", "no"}}}.complaint();
    BOOST_TEST(said.find("header") == said.npos, said);
  }
}

BOOST_AUTO_TEST_CASE(a_column_that_counts_the_rows_is_noticed) {
  std::string from_0 = ",a,k\n", shuffled = ",a,k\n", from_1 = "id,a,k\n";
  for (int i = 0; i < 12; ++i) {
    const std::string rest = "," + std::to_string(i * 5 % 12) + "," + std::to_string(i % 2) + "\n";
    from_0 += std::to_string(i) + rest;
    from_1 += std::to_string(i + 1) + rest;
    shuffled += std::to_string(i * 7 % 12) + rest;
  }
  BOOST_TEST((Study{.train = from_0, .test = from_0}.warned()) ==
             "train.csv: column 1 only counts the rows; if it says nothing about them, leave it out (drop = 1)\n");
  BOOST_TEST(
      (Study{.train = from_1, .test = from_1}.warned()) ==
      "train.csv: column 1 (id) only counts the rows; if it says nothing about them, leave it out (drop = id)\n");
  BOOST_TEST((Study{.train = shuffled, .test = shuffled}.warned()) == "");
}

BOOST_AUTO_TEST_SUITE_END()
