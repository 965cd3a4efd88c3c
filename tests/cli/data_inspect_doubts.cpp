// `pipeline data inspect`: what real tables have that is easily overlooked, each named with what to do.
#include "tables.hpp"

using namespace support;

namespace {

std::string inspected(const std::string& bytes, int exit = 0) {
  const World world;
  world.write("t.csv", bytes);
  const Said said = world.run({"data", "inspect", "t.csv"});
  check_exit(said, exit);
  return exit ? said.err : said.out;
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

std::string yes_no(int i) { return i % 2 ? "no" : "yes"; }

}  // namespace

BOOST_AUTO_TEST_SUITE(data_inspect_doubts)

BOOST_AUTO_TEST_CASE(numbers_that_data_frames_give_as_names_are_names) {
  const auto cell = [](int i) { return number(i * 7 % 11) + ".5"; };
  struct Case {
    std::string head;
    std::function<std::string(int)> row;
    std::vector<std::string> sizes, lines;
  };
  const Case cases[] = {
      {",0,1,2,label\n",
       [&](int i) { return number(i) + "," + cell(i) + "," + cell(i + 1) + "," + cell(i * i) + "," + yes_no(i); },
       {"16", "4", "3", "2"},
       {"header = yes", "label = label", "drop = column 1"}},
      {",0,label\n",
       [&](int i) { return number(i) + "," + cell(i) + "," + yes_no(i); },
       {"16", "4", "1", "2"},
       {"header = yes", "label = label"}},
      {",0,1\n",
       [&](int i) { return number(i) + "," + cell(i) + "," + number(i % 2); },
       {"16", "4", "1", "2"},
       {"header = yes", "label = 3"}},
      {"0,1,2,3\n",
       [&](int i) { return cell(i) + "," + cell(i + 1) + "," + cell(i * i) + "," + number(i % 2); },
       {"16", "4", "3", "2"},
       {"header = yes", "label = 3"}},
      {"1,2,3\n",
       [&](int i) { return cell(i) + "," + cell(i + 1) + "," + yes_no(i); },
       {"16", "4", "2", "2"},
       {"header = yes", "label = 3"}},
      {"1,2,3\n",  // a sample
       [&](int i) { return number(i * 7 % 11) + "," + number(i % 5) + "," + number(i % 2 + 3); },
       {"17", "4", "2", "2"},
       {"header = no", "label = 3"}},
      {"0,1,2,no\n",  // a sample
       [&](int i) { return cell(i) + "," + cell(i + 1) + "," + cell(i * i) + "," + yes_no(i); },
       {"17", "4", "3", "2"},
       {"header = no", "label = 4"}}};
  for (const Case& c : cases) BOOST_TEST_CONTEXT(c.head) {
      const World world;
      world.write("t.csv", table(c.head, 20, c.row));
      const Said said = world.run({"data", "inspect", "t.csv"});
      check_exit(said, 0);
      BOOST_TEST(sizes(said.out) == c.sizes, boost::test_tools::per_element());
      for (const std::string& line : c.lines) BOOST_TEST(has_line(section(said.out), line), line + " in " + said.out);
      const Said ran = run_section(world, said.out);
      check_exit(ran, 0);
      BOOST_TEST(ran.err == "");
    }
}

BOOST_AUTO_TEST_CASE(numbers_written_in_another_way_are_named) {
  const std::string commas = inspected(table("a;b;k\n", 120, [](int i) {
    return number(i % 37) + "," + number(i % 9) + ";" + number(i % 50) + ";" + yes_no(i);
  }));
  check_says(commas, "  1 a     numbers with a decimal comma ");
  BOOST_TEST(has_line(commas,
                      "  column 1 (a): 120 cells look like numbers with a decimal comma (first in line 2), which csv "
                      "does not read: write "
                      "3.14, not 3,14"));
  BOOST_TEST(has_line(section(commas), "drop = a"));
  const std::string others = inspected(table("a,b,c,k\n", 40, [](int i) {
    return number(i) + " %,$" + number(i) + ".50,\"1," + number(100 + i) + ",000\"," + yes_no(i);
  }));
  check_says(others,
             "  column 1 (a): 40 cells look like numbers with a percent sign (first in line 2), which csv does not "
             "read: write the number");
  check_says(others, "  column 2 (b): 40 cells look like numbers with a currency sign");
  check_says(others, "  column 3 (c): 40 cells look like numbers with thousands separators");
  BOOST_TEST(has_line(others,
                      "No [dataset] section can be proposed: no column is left as input; mend one of those left out."));
  BOOST_TEST(others.find("[dataset]\n") == std::string::npos);
  // 1,234 may be either; the other cells of the column say which.
  for (const auto& [cell, with] : {std::pair("2,5", "a decimal comma"), {"1,234,567", "thousands separators"}})
    check_says(inspected(table("a;b;k\n", 40,
                               [&](int i) {
                                 return (i % 4 ? "1," + number(200 + i) : std::string(cell)) + ";" + number(i % 7) +
                                        ";" + yes_no(i);
                               })),
               std::string("40 cells look like numbers with ") + with);
}

BOOST_AUTO_TEST_CASE(a_few_words_among_numbers_are_listed_with_their_lines) {
  const std::string said = inspected(table("x,b,k\n", 126, [](int i) {
    return (i == 20             ? "-"
            : i == 7 || i == 30 ? "<5"
            : i == 99           ? "\"n/a \""
                                : number(i * 7 % 123) + ".5") +
           "," + number(i % 40) + "," + yes_no(i);
  }));
  check_says(said, "1 x     numbers 0.5 to 122.5, and 4 words ");
  BOOST_TEST(
      has_line(said,
               "  column 1 (x): 4 of 126 cells are not numbers: '<5' (first in line 9), '-' (line 22), 'n/a ' (line "
               "101); to keep the column, write numbers, or leave these cells empty"));
  BOOST_TEST(has_line(section(said), "drop = x"));
  BOOST_TEST(section(said).find("categories") == std::string::npos);
  // In the first row too.
  check_says(inspected(table("", 40, [](int i) { return (i ? number(i * 7 % 39) : "-") + "," + yes_no(i); })),
             "column 1: 1 of 40 cells is not a number: '-' (first in line 1)");
  check_says(
      inspected(table("who,x,k\n", 40, [](int i) { return "q" + number(i) + "z," + number(i % 9) + "," + yes_no(i); })),
      "column 1 (who): holds 40 different words, like names or numbers of things");
}

BOOST_AUTO_TEST_CASE(rows_in_the_order_of_time_are_not_shuffled) {
  const auto two = [](int n) { return (n < 10 ? "0" : "") + number(n); };
  const std::pair<const char*, std::function<std::string(int)>> orders[] = {
      {"ISO dates", [&](int i) { return "2024-" + two(i / 28 + 1) + "-" + two(i % 28 + 1); }},
      {"day first", [&](int i) { return two(i % 28 + 1) + "." + two(i / 28 + 1) + ".2024"; }},
      {"month first", [&](int i) { return number(i / 28 + 1) + "/" + number(i % 28 + 1) + "/2024"; }},
      {"named months", [](int i) { return (i < 20   ? "Jan "
                                           : i < 40 ? "Feb "
                                                    : "Mar ") +
                                          number(2000 + i / 60); }},
      {"years", [](int i) { return number(1960 + i / 4); }},
      {"seconds", [](int i) { return number(1700000000 + 30 * i + i % 2); }}};
  for (const auto& [name, time] : orders) BOOST_TEST_CONTEXT(name) {
      const auto rows = [&, &time = time](bool backwards) {
        return table("t,x,k\n", 60,
                     [&](int i) { return time(backwards ? 59 - i : i) + "," + number(i * 7 % 11) + "," + yes_no(i); });
      };
      const std::string said = inspected(rows(false));
      check_says(said,
                 "the rows are in the order of column 1 (t): without shuffle = yes, the split is by time, and the last "
                 "rows are the test set\n");
      BOOST_TEST(section(said).find("shuffle") == std::string::npos);
      BOOST_TEST(section(said).find("stratify") == std::string::npos);
      BOOST_TEST(sizes(said)[0] == "48");
      BOOST_TEST(has_line(section(said), "label = k"));
      if (name != std::string("seconds") && name != std::string("years"))
        check_says(
            inspected(rows(true)),
            "in the falling order of column 1 (t): without shuffle = yes, the split is by time, and the last rows "
            "are the test set\n  these are the earliest: turn the table round to test on the latest\n");
    }
  // A label that begins late must be in both sets.
  const std::string late = inspected(table("t,x,k\n", 60, [](int i) {
    return number(170000 + 30 * i) + "," + number(i * 7 % 11) + "," + (i > 56 ? "late" : yes_no(i));
  }));
  BOOST_TEST(has_line(section(late), "stratify = yes"));
  BOOST_TEST(sizes(late)[3] == "3");
  // No order: counters, dates that come and go, columns sorted with equal values.
  for (const auto& column : std::vector<std::function<std::string(int)>>{
           [](int i) { return number(i + 1); }, [&](int i) { return "2024-01-" + two(i * 7 % 28 + 1); },
           [](int i) { return number(i / 2 + 5); }})
    BOOST_TEST(
        has_line(section(inspected(table(
                     "t,x,k\n", 60, [&](int i) { return column(i) + "," + number(i * 7 % 11) + "," + yes_no(i); }))),
                 "shuffle = yes"));
}

BOOST_AUTO_TEST_CASE(what_is_no_table_yet_is_named) {
  const auto row = [](int i) { return number(i % 7) + "," + number(i % 5) + "," + yes_no(i); };
  const std::pair<std::string, std::string> cases[] = {
      {table("Results of 2024\n\na,b,k\n", 20, row),
       "t.csv:1:1: line 1 is no part of the table, which begins in line 3 with 3 cells; delete it, or begin each such "
       "line with # and set comment = \"#\"\n"},
      {table("Results, by hand\nof 2024\na,b,k\n", 20, row), "t.csv:1:1: lines 1 to 2 are no part of the table"},
      {table("a,b,k\n", 20, row) + "Source: us\n", "t.csv:22:1: the line has fewer cells than line 1, which has 3"},
      {"a,b,k\n", "t.csv:1:1: this line seems to name the columns, and no row follows"},
      {"# by hand\na,b,k\n", "t.csv:2:1: this line seems to name the columns"},
      {"1,2,3\n", "t.csv:1:1: this is the only row"}};
  for (const auto& [bytes, expected] : cases) check_says(inspected(bytes, 4), "error: " + expected);
  check_says(inspected("a\n1\n2\n"), "No [dataset] section can be proposed: there is only one column; neither commas,");
  // The advice works.
  const World world;
  world.write("t.csv", table("# Results of 2024\n\na,b,k\n", 20, row));
  const Said said = world.run({"data", "inspect", "t.csv"});
  BOOST_TEST(has_line(section(said.out), "comment = \"#\""));
  check_exit(run_section(world, said.out), 0);
}

BOOST_AUTO_TEST_CASE(labels_that_differ_only_in_case_or_blanks_are_a_doubt) {
  const std::string said = inspected(table("x,k\n", 40, [](int i) {
    const std::string kinds[] = {"Cat", "cat", "dog", "bird"};
    return number(i % 7) + "," + kinds[i % 4];
  }));
  check_says(said, "4 classes: 'Cat' (10 rows), 'bird' (10 rows), 'cat' (10 rows), 'dog' (10 rows)\n");
  check_says(said, "\n; warning: t.csv:3:3: column 2 (k): 'cat' and 'Cat' (line 2) differ only in case or blanks");
}

BOOST_AUTO_TEST_CASE(numbers_that_stand_for_missing_values_are_a_doubt) {
  const std::string said = inspected(table("a,b,c,d,k\n", 40, [](int i) {
    return (i % 9 ? number(i % 5) : "-999") + "," + (i % 8 ? number(i % 5) + ".5" : "9999.0") + "," +
           (i % 7 ? number(i % 5) : "-9999") + "," + (i == 3 ? "9999" : number(i)) + "," + yes_no(i);
  }));
  BOOST_TEST(has_line(said, "doubtful:"));
  BOOST_TEST(has_line(said,
                      "  column 1 (a): -999, its least value, occurs 5 times; if it means that the value is missing, "
                      "leave these cells empty"));
  check_says(said, "  column 2 (b): 9999, its largest value, occurs 5 times;");
  check_says(said, "  column 3 (c): -9999, its least value, occurs 6 times;");
  BOOST_TEST(said.find("  column 4 (d): 9999") == std::string::npos);  // once only
}

BOOST_AUTO_TEST_CASE(rows_without_label_are_counted) {
  const std::string said = inspected(table("a,b,k\n", 40, [](int i) {
    return number(i % 7) + "," + (i == 3 ? "" : number(i % 5)) + "," + (i == 7 || i == 9 ? "NA" : yes_no(i));
  }));
  BOOST_TEST(has_line(said, "  2 rows have no label"));
  check_says(said, "\n; missing = drop_rows leaves out 3 of 40 rows\n");
}

BOOST_AUTO_TEST_CASE(widths_are_counted_in_characters) {
  check_says(inspected(table("Gr\u00f6\u00dfe,k\n", 20,
                             [](int i) { return number(i % 7) + "," + (i % 2 ? "M\u00e4dchen" : "Jungs"); })),
             R"(
    column   holds                      missing  different
    ------------------------------------------------------
    1 )"
             "Gr\u00f6\u00dfe"
             R"(  whole numbers 0 to 6             0          7
    2 k      words: 'Jungs', 'M)"
             "\u00e4"
             R"(dchen'        0          2
)");
}

BOOST_AUTO_TEST_SUITE_END()
