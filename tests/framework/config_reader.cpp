// Reading one pipeline text: sections, keys, values, comments, and the place of each.
#include <boost/test/unit_test.hpp>

#include "framework/config_support.hpp"

using namespace pipeline::config;

BOOST_AUTO_TEST_SUITE(config_reader)

BOOST_AUTO_TEST_CASE(sections_and_keys_stay_in_order_and_empty_sections_are_kept) {
  const Reading r(
      "; a question\n\n[pipeline]\nname = study\n[model:noreg]\n[model:l2]\nregularisers = "
      "l2\nl2.lambda=5e-5\n");
  BOOST_TEST(r.complained() == "");
  BOOST_TEST(flat(r.tree) == "[pipeline]name=study[model:noreg][model:l2]regularisers=l2|l2.lambda=5e-5");
}

BOOST_AUTO_TEST_CASE(a_section_is_read_under_a_cleaned_name_only_if_that_is_a_valid_one) {
  BOOST_TEST(flat(Reading("[model:+l2]\nk = 1\n").tree) == "[model:l2]k=1");
  for (const std::string& name : {"model:+" + std::string(201, 'w'), std::string("model:+control")}) {
    const Reading r("[" + name + "]\nk = 1\n");
    BOOST_TEST(flat(r.tree) == "", name);
    BOOST_TEST(r.complained().find(" is not a valid section name\n") != std::string::npos, r.complained());
  }
}

BOOST_AUTO_TEST_CASE(values_and_comments) {
  const std::pair<const char*, const char*> cases[] = {
      {"k = v", "v"},
      {"k=v", "v"},
      {"\t k \t=\t v \t", "v"},
      {"k = a b", "a b"},
      {"k = v ; comment", "v"},
      {"k = v\t# comment", "v"},
      {"k = v;w#x", "v;w#x"},
      {"k =", ""},
      {"k = ; comment", ""},
      {"k =;x", ";x"},
      {"k = a = b", "a = b"},
      {"k = [x]", "[x]"},
      {"k = \\d", "\\d"},
      {R"(k = "")", ""},
      {R"(k = " v ")", " v "},
      {R"(k = "a ; b # c" ; d)", "a ; b # c"},
      {R"(k = "say \"hi\" \\ there")", "say \"hi\" \\ there"},
      {R"(k = "{1,2}")", "{1,2}"},
      {"k = größe µ", "größe µ"},
  };
  for (const auto& [line, value] : cases) {
    const Reading r(std::string("[s]\n") + line + "\n");
    BOOST_TEST_CONTEXT(line) {
      BOOST_TEST(r.complained() == "");
      BOOST_TEST(flat(r.tree) == std::string("[s]k=") + value);
    }
  }
}

BOOST_AUTO_TEST_CASE(headings_may_have_white_space_and_a_comment) {
  BOOST_TEST(flat(Reading(" [ model:l2 ]  ; the arm\nk = 1").tree) == "[model:l2]k=1");
}

BOOST_AUTO_TEST_CASE(line_ends_byte_order_mark_and_missing_final_newline) {
  const std::string expected = "[s]k=v|l=w[t]";
  for (const std::string text :
       {"[s]\nk = v\nl = w\n[t]\n", "[s]\nk = v\nl = w\n[t]", "[s]\r\nk = v\r\nl = w ; x\r\n[t]\r\n",
        "[s]\r\nk = v\r\nl = w\r\n[t]\r", "\xef\xbb\xbf[s]\nk = v\nl = w\n[t]"}) {
    const Reading r(text);
    BOOST_TEST(r.complained() == "");
    BOOST_TEST(flat(r.tree) == expected);
  }
  BOOST_TEST(flat(Reading("").tree) == "");
  BOOST_TEST(flat(Reading("\xef\xbb\xbf").tree) == "");
}

BOOST_AUTO_TEST_CASE(every_word_has_its_place) {
  const Reading r("\xef\xbb\xbf[s]\r\n  µ = 1\r\n  key = \"é\\\"\" ; c\r\n");
  const Entry& section = child(r.tree, "s")->data();
  BOOST_TEST(section.name.place.file.str() == (r.path / "a.ini").string());
  BOOST_TEST(section.name.place.line == 1u);
  BOOST_TEST(section.name.place.column == 2u);
  const Entry& key = child(*child(r.tree, "s"), "key")->data();
  BOOST_TEST(key.name.place.line == 3u);
  BOOST_TEST(key.name.place.column == 3u);
  BOOST_TEST(key.value.place.column == 10u);
  BOOST_TEST(key.value.place.line_text.str() == "  key = \"é\\\"\" ; c");
  BOOST_TEST(child(r.tree, "t") == nullptr);
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_causes_an_error_with_its_path) {
  const Folder folder;
  const auto what = [&](const std::filesystem::path& file) -> std::string {
    Complaints complaints;
    try {
      read_pipeline(file, {}, complaints);
    } catch (const CannotRead& error) {
      return error.what();
    }
    return "";
  };
  BOOST_TEST(what(folder.path / "no.ini") ==
             "cannot read '" + (folder.path / "no.ini").string() + "': No such file or directory");
  BOOST_TEST(what(folder.path) == "cannot read '" + folder.path.string() + "': Is a directory");
  BOOST_TEST(what("") == "cannot read '': No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()
