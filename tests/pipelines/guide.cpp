// The examples of the guide do what its pages say. The blocks of a page share one folder, in page order:
//
//   ```cpp a/b.cpp    a block with a file name is that file; several of one name follow each other in it
//   ```ini            a whole pipeline file passes `pipeline check`
//   ```sh             runs, unless it says what else it takes: "# takes a cluster"
//   ```python         runs if Debian's Python has what it imports
#include <regex>

#include "support/csv_rows.hpp"
#include "support/program.hpp"

using namespace support;

namespace {

const fs::path guide = SOURCE_DIR "/framework/guide";

std::vector<fs::path> pages() {
  std::vector<fs::path> all;
  for (const auto& file : fs::directory_iterator(guide))
    if (file.path().extension() == ".md") all.push_back(file.path());
  std::ranges::sort(all);
  return all;
}

struct Block {
  std::string place, language, file, text;
};

std::vector<Block> blocks_of(const fs::path& page) {
  std::vector<Block> blocks;
  bool inside = false;
  std::size_t number = 0;
  for (const std::string& line : lines_of(read_file(page))) {
    ++number;
    if (line.starts_with("```")) {
      inside = !inside;
      if (!inside) continue;
      Block block{page.filename().string() + ":" + std::to_string(number), "", "", ""};
      std::istringstream(line.substr(3)) >> block.language >> block.file;
      blocks.push_back(block);
    } else if (inside) {
      blocks.back().text += line + "\n";
    }
  }
  BOOST_TEST(!inside, page.filename() << " ends inside a block");
  return blocks;
}

/// A page's folder, in which its commands find the program and, to build plugins, its headers.
struct Reader : World {
  std::map<std::string, std::string> files;

  Reader() {
    environment["PATH"] = BUILD_DIR "/bin:" + environment["PATH"];
    environment["CMAKE_PREFIX_PATH"] = BUILD_DIR;
    // Unoptimised: plugins built here run only briefly.
    environment["CMAKE_BUILD_TYPE"] = "None";
    environment["CXXFLAGS"] = "-O0 -Wall -Wextra -Werror";
  }

  void follow(const Block& block) {
    if (!block.file.empty()) write(block.file, files[block.file] += block.text);
    if (block.language == "ini" && ("\n" + block.text).find("\n[dataset]\n") != std::string::npos)
      check(block);
    else if (block.language == "sh" && block.text.find("# takes") == std::string::npos)
      succeeds(block, "/bin/sh", {"-ec", block.text});
    else if (block.language == "python" && can_import(block))
      succeeds(block, "/usr/bin/python3", {"-c", block.text});
  }

  void check(const Block& block) const {
    const std::string name = block.file.empty() ? "block.ini" : block.file;
    if (block.file.empty()) write(name, block.text);
    succeeds(block, BUILD_DIR "/bin/pipeline", {"check", name});
  }

  void succeeds(const Block& block, const fs::path& program, const Words& words) const {
    const Said said = start(program, words)->finish(std::chrono::minutes(10));  // a compiler on a busy machine
    BOOST_TEST_CONTEXT(block.place) check_exit(said, 0);
  }

  bool can_import(const Block& block) const {
    static const std::regex import("(?:^|\n)import ([a-z0-9_]+)");
    std::string modules;
    for (std::sregex_iterator at(block.text.begin(), block.text.end(), import), end; at != end; ++at)
      modules += "import " + at->str(1) + "\n";
    const Said said = run("/usr/bin/python3", {"-c", modules});
    if (said.exit != 0) BOOST_TEST_MESSAGE(block.place << " is not run: " << said.err);
    return said.exit == 0;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(the_guide)

BOOST_AUTO_TEST_CASE(examples_of_every_page_run) {
  BOOST_TEST(pages().size() > 5u);
  for (const fs::path& page : pages()) {
    Reader reader;
    for (const Block& block : blocks_of(page)) reader.follow(block);
  }
}

BOOST_AUTO_TEST_CASE(the_reference_has_every_key_that_is_no_plugins_own) {
  const World world;
  world.write("all.ini", small_study + "[report:summary]\n");
  const Said said = world.run({"show", "all.ini", "--origin"});
  check_exit(said, 0);
  const std::string reference = read_file(guide / "pipeline_file.md");
  std::size_t keys = 0;
  for (const std::string& line : lines_of(said.out)) {
    const std::string key = line.substr(0, line.find(" = "));
    if (key == line || line.starts_with("l2.") || line.find("# default of ") != line.npos) continue;
    if (key == "train" || key == "test") continue;  // of digits
    check_says(reference, "`" + key + "`");
    ++keys;
  }
  BOOST_TEST(keys > 15u);
}

BOOST_AUTO_TEST_CASE(links_lead_to_files_and_the_index_has_every_page) {
  static const std::regex link("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");
  std::vector<fs::path> all = pages();
  all.emplace_back(SOURCE_DIR "/README.md");
  for (const fs::path& page : all) {
    const std::string text = read_file(page);
    for (std::sregex_iterator at(text.begin(), text.end(), link), end; at != end; ++at)
      BOOST_TEST(fs::exists(page.parent_path() / at->str(1)), page.filename() << " links to " << at->str(1));
  }
  const std::string index = read_file(guide / "README.md");
  for (const fs::path& page : pages())
    if (page.filename() != "README.md") check_says(index, "](" + page.filename().string() + ")");
}

BOOST_AUTO_TEST_SUITE_END()
