// The dataset csv: separators, comments, line ends, and files that are no table.
#include <sys/stat.h>

#include "csv_study.hpp"

using namespace support;
using namespace std::string_literals;
using pipeline::Data;

BOOST_AUTO_TEST_SUITE(csv_formats)

BOOST_AUTO_TEST_CASE(runs_of_blanks_and_tabs_separate_columns_on_request) {
  Study study{.train = "  a   b kind\n  1  10\tx  \n\t20 \t 30 \"y z\"\r\n", .test = "a b kind\n4 40 x\n"};
  study.settings = {{"separator", "space"}};
  BOOST_TEST(rows(study.data().train.floats) == "1,10 | 20,30");
  BOOST_TEST(rows(study.data().test.floats) == "4,40");
  BOOST_TEST(listed(study.data().class_names) == "x, y z");
  study.train = "a b kind\n1 10 x\n20 30\n";
  check_says(study.complaint(), "train.csv:3:4: the line ends after 2 cells; line 1 has 3");
  study.train = "a b kind\n1 10 x 3\n";
  check_says(study.complaint(),
             "train.csv:2:6: the line continues after 3 cells, the number in line 1; if the rows begin with a name");
}

BOOST_AUTO_TEST_CASE(comment_lines_are_skipped_on_request) {
  Study study{.train = "# made by hand\n\na,b,kind\n# the rows\n1,10,x\n#2,20,y\n3,30,y\n# end\n\n",
              .settings = {{"comment", "#"}}};
  BOOST_TEST(rows(study.data().train.floats) == "1,10 | 3,30");
  study.train = "// x\na,b,kind\n1,10,x\n2,//,y\n";
  study.settings = {{"comment", "//"}};
  check_says(study.complaint(), "train.csv:4:3: column 2 (b): '//' is not a number");  // only at the start of a line
  study.train = "#1,10,x\n3,30,y\n", study.test = "", study.settings = {{"header", "no"}, {"test_rows", "1"}};
  study.train = "1,2,x\n#1,10,x\n3,30,y\n";
  check_says(study.complaint(), "'#1' is not a number; if this line is a comment, set comment = \"#\"");
  study.train = "# a\n# b\n", study.settings.emplace_back("comment", "#");
  check_says(study.complaint(), "train.csv: has only comments and empty lines");
}

BOOST_AUTO_TEST_CASE(the_wrong_separator_is_noticed) {
  const auto said = [](const std::string& table, const char* separator = "comma") {
    return Study{.train = table, .settings = {{"separator", separator}}}.complaint();
  };
  check_says(said("a;b;k\n1;2;x\n"),
             "train.csv:1:1: only one column, so no input besides the label; the line has "
             "semicolons: set separator = semicolon");
  check_says(said("a\tb\tk\n1\t2\tx\n"), "the line has tabs: set separator = tab");
  check_says(said("a b k\n1 2 x\n"), "the line has blanks: set separator = space");
  check_says(said("a,b,k\n1,2,x\n", "semicolon"), "the line has commas: set separator = comma");
  check_says(said("# by hand\na,b,k\n1,2,x\n"), "if this line is a comment, set comment = \"#\"");
  check_says(said("\"a\";\"b\"\n1;2\n"), "text after the closing quote of this cell; is separator = semicolon meant?");
  check_says(said("a\n1\n"), "only one column, so no input besides the label; pipeline data inspect /");
}

BOOST_AUTO_TEST_CASE(line_ends_of_CR_alone_are_named) {
  check_says(
      (Study{.train = "a,b,k\r1,2,0\r3,4,1\r"}.complaint()),
      "train.csv: its lines end in CR alone, as in 'CSV (Macintosh)': save it with lines that end in LF or CRLF");
  check_says((Study{.train = "a,b,k\n1,2\r3,4\n"}.complaint()), "train.csv:2:3: a CR inside a line");
  BOOST_TEST(rows(Study{.train = "a,k\r\n1,x\r\n2,y\r", .test = "a,k\n1,x\n"}.data().train.floats) == "1 | 2");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_table_is_named) {
  const auto wide = [](const std::string& text, int before, int after) {  // UTF-16 or UTF-32 of ASCII text
    std::string out;
    for (const char c : text)
      out +=
          std::string(static_cast<std::size_t>(before), '\0') + c + std::string(static_cast<std::size_t>(after), '\0');
    return out;
  };
  const std::string table = "a,b,kind\n1,10,x\n2,20,y\n3,60,x\n";
  const std::string tar = "table.csv" + std::string(248, '\0') + "ustar\00000" + std::string(300, '\0') + table;
  const std::pair<std::string, std::string> cases[] = {
      {"<!DOCTYPE html>\n<html><body>404: Not Found</body></html>\n",
       "begins with '<', like a web page: download the file itself"},
      {"\n  <HTML>\n", "begins with '<', like a web page"},
      {"<?xml version=\"1.0\"?>\n<rows/>\n", "is an XML document: convert it to CSV"},
      {"{\"a\": [1, 2]}\n", "is JSON: convert it to CSV"},
      {"[\n  {\"a\": 1}]\n", "is JSON"},
      {"PK\x03\x04\x14\0\0\0table.csv\0\0"s, "is a zip archive: unpack it first (only gzip is read as it is)"},
      {"PK\x03\x04\x14\0\6\0[Content_Types].xml\0"s, "is a spreadsheet (xlsx or ods): save the sheet as CSV"},
      {"PK\x03\x04\x14\0\0\0mimetypeapplication/vnd.oasis.opendocument.spreadsheet"s, "is a spreadsheet"},
      {gzipped(gzipped(table)), "is gzipped twice: unpack it first"},
      {"BZh91AY&SY\x01\x02\x03"s, "is compressed with bzip2: unpack"},
      {"\xFD\x37zXZ\0\0\4"s, "is compressed with xz: unpack"},
      {"\x28\xB5\x2F\xFD\x04\0"s, "is compressed with zstd: unpack"},
      {"7z\xBC\xAF\x27\x1C\0\4"s, "is a 7z archive: unpack"},
      {"Rar!\x1A\7\0"s, "is a rar archive: unpack"},
      {tar, "is a tar archive: unpack"},
      {gzipped(tar), "is a tar archive: unpack"},
      {"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n",
       "is a Git LFS pointer, not the file itself: fetch it with git lfs pull"},
      {"% iris\n%\n@RELATION iris\n@ATTRIBUTE a REAL\n@DATA\n1,x\n", "is an ARFF file: keep the rows after @data"},
      {"\xFF\xFE" + wide(table, 0, 1), "is UTF-16: save it as UTF-8"},
      {"\xFE\xFF" + wide(table, 1, 0), "is UTF-16: save it as UTF-8"},
      {"\xFF\xFE\0\0"s + wide(table, 0, 3), "is UTF-32: save it as UTF-8"},
      {"\0\0\xFE\xFF"s + wide(table, 3, 0), "is UTF-32: save it as UTF-8"},
      {wide(table, 0, 1), "looks like UTF-16 or UTF-32: save it as UTF-8"},
      {wide(table, 1, 0), "looks like UTF-16 or UTF-32: save it as UTF-8"},
      {wide(table, 0, 3), "looks like UTF-16 or UTF-32: save it as UTF-8"},
      {"\0\x05\x16\x07\0\2\0\0Mac OS X        "s,
       "is an AppleDouble file, which macOS puts beside the real one: take the file without ._"},
      {"PAR1\x15\0\x15\0"s, "is a Parquet file: convert it to CSV"},
      {"\x89HDF\r\n\x1A\n\0"s, "is an HDF5 file: convert it to CSV"},
      {"\x93NUMPY\x01\0v\0{'descr'"s, "is a NumPy array: write it with numpy.savetxt"},
      {"\x80\4\x95\0\0"s, "is a Python pickle: write the table as CSV"},
      {"%PDF-1.7\n%\xE2\xE3\n\0"s, "is a PDF document"},
      {"SQLite format 3\0\x10\0"s, "is an SQLite database: export the table as CSV"},
      {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0"s, "is an Excel workbook (xls): save the sheet as CSV"},
      {"\0\0\x08\x03\0\0\0\1"s, "is an IDX file: use plugin = idx"},
      {"sep=;\na;b\n1;2\n", "begins with the line 'sep=' that only Excel understands"},
      {"a,b,k\n1,\0,x\n"s, "contains a zero byte (line 2), so it is no text"},
      {" \n\n", "is blank"},
      {gzipped(""), "is empty"}};
  for (const auto& [bytes, expected] : cases) BOOST_TEST_CONTEXT(expected) {
      const std::string said = Study{.train = bytes}.complaint();
      check_says(said, "train.csv: " + expected);
      BOOST_TEST(said.size() < 400u);
    }
  // Names that begin like another format are names.
  for (const std::string name : {"PAR1", "BZh", "ORC", "RDA", "GIF8", "FEA1", "PK"})
    BOOST_TEST(rows((Study{.train = name + ",k\n1,x\n2,y\n", .test = name + ",k\n1,x\n"}.data().train.floats)) ==
               "1 | 2");
}

BOOST_AUTO_TEST_CASE(a_folder_a_pipe_and_a_device_are_named) {
  const Scratch scratch;
  const std::string pipe = (scratch.path() / "pipe").string();
  BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const std::pair<std::string, std::string> cases[] = {
      {scratch.path().string(), "is a folder, not a file"},
      {pipe, "is a pipe, and data is read more than once: save it to a file"},
      {"/dev/null", "is a device, not a file"},
      {(scratch.path() / "none").string(), "cannot be opened: No such file or directory"}};
  for (const auto& [path, expected] : cases)
    check_says((Study{.settings = {{"train", path}}}.complaint()), path + ": " + expected);
}

BOOST_AUTO_TEST_CASE(messages_stay_short_whatever_a_cell_holds) {
  const std::string large(3'000'000, 'x');
  for (const std::string& table : {"a,k\n" + large + ",x\n", "a,k\n1,x\n2," + large + "\n", "a,k\n1,2," + large + "\n",
                                   large + ",k\n1,x\nz,x\n", large, "a,k\n1,\"" + large})
    BOOST_TEST((Study{.train = table, .test = "a,k\n1,x\n", .settings = {{"missing", "mean"}}}.complaint().size()) <
               600u);
  check_says((Study{.train = "a,k\n\x1b[31m,x\n"}.complaint()), "'\\x1b[31m' is not a number");
  const std::string wide(2'100'000, ',');
  check_says((Study{.train = wide + "\n"}.complaint()), "train.csv: line 1 has more than 1,000,000 cells");
  check_says((Study{.train = "a,k\n1,x" + wide}.complaint()), "train.csv:2:3: the line continues after 2 cells");
}

BOOST_AUTO_TEST_SUITE_END()
