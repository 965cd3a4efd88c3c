// `pipeline data inspect`: what it says of a table, and that the section it prints reads the table.
#include "support/data_files.hpp"
#include "tables.hpp"

using namespace support;

BOOST_AUTO_TEST_SUITE(data_inspect)

BOOST_AUTO_TEST_CASE(a_table_is_described_column_by_column) {
  const World world;
  world.write("animals.csv", table("id,mass,sex,seen,kind\n", 12, [](int i) {
                return number(i + 1) + "," + (i == 3 ? "NA" : number(i * i) + ".5") + "," + (i % 2 ? "m" : "f") +
                       ",2024-01-" + number(10 + i) + "," + (i < 6 ? "cat" : "dog");
              }));
  const Said said = world.run({"data", "inspect", "animals.csv"});
  check_exit(said, 0);
  check_text(said.out, R"(animals.csv: 12 rows and 5 columns, separated by commas, with names in line 1

    column  holds                                                          missing  different
    -----------------------------------------------------------------------------------------
    1 id    whole numbers 1 to 12                                                0         12
    2 mass  numbers 0.5 to 121.5                                                 1         11
    3 sex   words: 'f', 'm'                                                      0          2
    4 seen  dates or times: '2024-01-10', '2024-01-11', '2024-01-12', ...        0         12
    5 kind  words: 'cat', 'dog'                                                  0          2

label: column 5 (kind), 2 classes: 'cat' (6 rows), 'dog' (6 rows)
  the rows are sorted by it: shuffle = yes is needed
  could be the label as well: sex
left out:
  column 1 (id): only counts the rows
  column 4 (seen): holds dates or times

[dataset]
plugin = csv
train = animals.csv
header = yes
label = kind
drop = id, seen
categories = sex
missing = mean
test_rows = 2
shuffle = yes
stratify = yes
scaling = standardise
; 10 training and 2 test samples of 3 inputs in 2 classes: [network] layers = 3, ..., 2
)");
}

BOOST_AUTO_TEST_CASE(the_section_runs_as_it_stands) {
  struct Case {
    std::string name, bytes;
    std::vector<std::string> sizes, lines;  // lines that the section must have
  };
  const auto two = [](int i) { return std::string(i % 2 ? "no" : "yes"); };
  const Case cases[] = {
      {"semicolons",
       table("a;b;k\n", 20, [&](int i) { return number(i % 7) + ";" + number(i % 5) + ";" + two(i); }),
       {"16", "4", "2", "2"},
       {"separator = semicolon", "label = k"}},
      {"tabs",
       table("", 20, [&](int i) { return number(i % 7) + ".5\t" + number(i % 5) + "\t" + number(i % 3); }),
       {"16", "4", "2", "3"},
       {"separator = tab", "header = no", "label = 3"}},
      {"blanks",
       table("", 30, [&](int i) { return "  " + number(i % 7) + ".5   " + number(i % 5) + " " + number(i % 3) + " "; }),
       {"24", "6", "2", "3"},
       {"separator = space", "header = no"}},
      {"comments",
       table("# by hand\n\na,k\n", 20, [&](int i) { return number(i % 7) + ".5," + two(i); }),
       {"16", "4", "1", "2"},
       {"comment = \"#\"", "header = yes"}},
      {"percent",
       table("% by hand\na b k\n", 20, [&](int i) { return number(i % 7) + ".5 1." + number(i % 5) + " " + two(i); }),
       {"16", "4", "2", "2"},
       {"comment = %", "separator = space"}},
      {"words only",
       table("size,colour,kind\n", 24,
             [&](int i) {
               return std::string(i % 2 ? "small" : "large") + "," + (i % 3 ? "red" : "blue") + "," +
                      (i % 4 ? "x" : "y");
             }),
       {"20", "4", "4", "2"},
       {"categories = size, colour", "header = yes"}},
      {"label first",
       table("", 20, [&](int i) { return number(i % 2 + 1) + "," + number(i) + ".5," + number(i * i) + ".25"; }),
       {"16", "4", "2", "2"},
       {"label = 1", "header = no"}},
      {"label by name",
       table("Species,x,y2\n", 20, [&](int i) { return two(i) + "," + number(i % 7) + "," + number(i % 3); }),
       {"16", "4", "2", "2"},
       {"label = Species"}},
      {"no label in some rows",
       table(
           "a,b,k\n", 20,
           [&](int i) { return (i == 1 ? "?" : number(i % 7)) + "," + number(i % 5) + "," + (i == 4 ? "" : two(i)); }),
       {"15", "3", "2", "2"},
       {"missing = drop_rows"}},
      {"odd \"names\", #1",
       table("a a,\"b,c\",k k\n", 20,
             [&](int i) { return number(i % 7) + "," + (i % 2 ? "u" : "v") + "," + two(i / 2); }),
       {"16", "4", "3", "2"},
       {"label = k k", "categories = 2"}},
      {"gzipped",
       gzipped(table("a,b,k\n", 20, [&](int i) { return number(i % 7) + "," + number(i % 5) + "," + two(i); })),
       {"16", "4", "2", "2"},
       {}}};
  for (const Case& c : cases) BOOST_TEST_CONTEXT(c.name) {
      const World world;
      const std::string file = c.name + ".data";
      world.write(file, c.bytes);
      const Said said = world.run({"data", "inspect", file});
      check_exit(said, 0);
      BOOST_TEST(sizes(said.out) == c.sizes, boost::test_tools::per_element());
      for (const std::string& line : c.lines)
        BOOST_TEST(("\n" + section(said.out)).find("\n" + line + "\n") != std::string::npos, line);
      const Said ran = run_section(world, said.out);
      check_exit(ran, 0);
      BOOST_TEST(ran.err == "");
    }
}

BOOST_AUTO_TEST_CASE(a_table_without_label_gets_no_section) {
  const World world;
  world.write("t.csv", table("a,b\n", 20, [](int i) { return number(i * i) + "," + number(i) + ".5"; }));
  const Said said = world.run({"data", "inspect", "t.csv"});
  check_exit(said, 0);
  check_says(said.out,
             "No [dataset] section can be proposed: no column can be the label: that needs the same few words or whole "
             "numbers in many rows. Add a column with the class of every row, or mend the one that has it.\n");
  BOOST_TEST(said.out.find("\n[dataset]\n") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_no_table_is_named) {
  const World world;
  world.write("page.csv", "<html>not found</html>\n");
  world.write("ragged.csv", "3,2,x,y\n1,2,3,4,0\n1,2,3,4,1\n");
  fs::create_directory(world.here / "folder");
  const std::pair<std::string, std::string> cases[] = {
      {"page.csv", "error: page.csv: begins with '<', like a web page: download the file itself\n"},
      {"ragged.csv",
       "error: ragged.csv:1:1: line 1 has 4 cells, one fewer than the lines of the table, which begins in line 2 with "
       "5 "
       "cells; if it names all columns but the first, as R writes them, add that name; if it is no part of the table, "
       "delete it, or begin each such line with # and set comment = \"#\"\n"},
      {"folder", "error: folder: is a folder, not a file\n"},
      {"none.csv", "error: none.csv: there is no such file\n"}};
  for (const auto& [file, expected] : cases) {
    const Said said = world.run({"data", "inspect", file});
    check_exit(said, 4);
    check_text(said.err, expected);
    BOOST_TEST(said.out == "");
  }
}

BOOST_AUTO_TEST_SUITE_END()
