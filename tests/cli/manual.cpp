// The manual page and the shell completion agree with the program's help.
#include <boost/test/unit_test.hpp>
#include <regex>
#include <set>

#include "support/csv_rows.hpp"
#include "support/program.hpp"

using namespace support;

namespace {

std::set<std::string> all_matches(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern);
  std::set<std::string> out;
  for (std::sregex_iterator i(text.begin(), text.end(), regex), end; i != end; ++i) out.insert(i->str(1));
  return out;
}

std::set<std::string> commands(const World& world) {
  return all_matches(world.run({"--help"}).out, "\n  ([a-z]+)  +[a-z]");
}

const char* const option = "(--[a-z][a-z-]+)";

/// The completions that bash offers for an unfinished command line.
std::set<std::string> offered(const World& world, const std::string& line) {
  const Said said = world.run("/bin/bash", {"-c",
                                            "source " SOURCE_DIR "/framework/cli/completion.bash\n"
                                            "COMP_LINE=$1 COMP_POINT=${#1}\n"
                                            "_pipeline " BUILD_DIR "/bin/pipeline\n"
                                            "printf '%s\\n' \"${COMPREPLY[@]}\"",
                                            "bash", line});
  check_exit(said, 0);
  BOOST_TEST(said.err == "");
  std::set<std::string> words;
  for (const std::string& word : lines_of(said.out))
    if (!word.empty()) words.insert(word);
  return words;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(manual_page)

BOOST_AUTO_TEST_CASE(documents_exactly_the_commands_and_options_that_exist) {
  const World world;
  const std::string page = replaced(read_file(SOURCE_DIR "/framework/cli/pipeline.1"), "\\-", "-");
  BOOST_TEST(commands(world).size() >= 7u);
  std::set<std::string> options;
  for (const std::string& command : commands(world)) {
    BOOST_TEST(std::regex_search(page, std::regex("\n\\.[BIR]+ \"?" + command + "\\b")), command);
    const std::string help = world.run({command, "--help"}).out;
    options.merge(all_matches(help, option));
    if (command == "plugins") options.merge(all_matches(world.run({command, "test", "--help"}).out, option));
    // Subcommands too, from "usage: pipeline plugins list | inspect NAME ...".
    if (std::string usage = lines_of(help)[0].substr(16); usage.find(" | ") != std::string::npos) {
      usage = std::regex_replace(usage.substr(command.size()), std::regex("\\[[^\\]]*\\]"), "");
      for (const std::string& word : all_matches(usage, "\\b([a-z]+)\\b"))
        BOOST_TEST(std::regex_search(page, std::regex("\n\\.[BIR]+ \"?" + command + "[^\n]*\\b" + word + "\\b")),
                   command << " " << word);
    }
  }
  BOOST_TEST((all_matches(page, option) == options));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(completion)

using Set = std::set<std::string>;

BOOST_AUTO_TEST_CASE(offers_commands_options_and_plugins) {
  const World world;
  BOOST_TEST((offered(world, "pipeline ") == commands(world)));
  BOOST_TEST((offered(world, "pipeline sh") == Set{"show"}));
  BOOST_TEST((offered(world, "pipeline plugins in") == Set{"inspect"}));
  BOOST_TEST(
      (offered(world, "pipeline new ") == Set{"dataset", "metric", "optimiser", "pipeline", "regulariser", "report"}));
  BOOST_TEST((offered(world, "pipeline data ") == Set{"fetch", "inspect", "path", "verify"}));
  BOOST_TEST((offered(world, "pipeline data fetch mni") == Set{"mnist"}));
  BOOST_TEST((offered(world, "pipeline data fetch dro") == Set{}));  // a regulariser
  BOOST_TEST((offered(world, "pipeline plugins inspect dropo") == Set{"dropout"}));
  world.write("built.so", "");
  BOOST_TEST((offered(world, "pipeline plugins test bui") == Set{"built.so"}));
  BOOST_TEST((offered(world, "pipeline data inspect bui") == Set{"built.so"}));
  BOOST_TEST((offered(world, "pipeline plugins test dropo") == Set{"dropout"}));
  BOOST_TEST((offered(world, "pipeline check x.ini --f") == Set{"--format"}));
  BOOST_TEST((offered(world, "pipeline plugins test l2 --s") == Set{"--seconds"}));
  BOOST_TEST((offered(world, "pipeline check --format ") == Set{"json", "text"}));
  BOOST_TEST((offered(world, "pipeline plugins list ") ==
              Set{"datasets", "metrics", "optimisers", "regularisers", "reports"}));
  BOOST_TEST((offered(world, "pipeline nosuch ") == Set{}));
}

BOOST_AUTO_TEST_CASE(offers_pipeline_files_and_their_keys) {
  const World world;
  world.write("quiet.ini", small_study);
  world.write("quiet.txt", "");
  world.write("quarry/other.ini", small_study);
  BOOST_TEST((offered(world, "pipeline run qu") == Set{"quarry/", "quickstart.ini", "quiet.ini"}));
  BOOST_TEST((offered(world, "pipeline show quarry/o") == Set{"quarry/other.ini"}));
  BOOST_TEST((offered(world, "pipeline run quiet.ini training.st") == Set{"training.steps="}));
  BOOST_TEST((offered(world, "pipeline run quiet.ini ~training.st") == Set{"~training.steps"}));
  // bash splits words at colons and replaces only the part after the last one.
  BOOST_TEST((offered(world, "pipeline run quiet.ini model:l2.l2.la") == Set{"l2.l2.lambda=", "l2.l2.layers="}));
}

BOOST_AUTO_TEST_CASE(offers_values) {
  const World world;
  world.write("quiet.ini", small_study);
  const auto values = [&](const std::string& words) { return offered(world, "pipeline run quiet.ini " + words); };
  // The part after the last colon or equals sign is what bash replaces.
  BOOST_TEST((values("training.kernels=") == Set{"blas", "own"}));
  BOOST_TEST((values("network.output_bias=n") == Set{"no"}));
  BOOST_TEST((values("metric:accuracy.on=t") == Set{"test", "train"}));
  BOOST_TEST((values("dataset.plugin=dig") == Set{"digits"}));
  BOOST_TEST((values("dataset.wrappers=subset,label") == Set{"subset,label_noise"}));
  BOOST_TEST((values("model:l2.regularisers=l2,dropo") == Set{"l2,dropout"}));
  BOOST_TEST((values("+metric:x.plugin=accu") == Set{"accuracy"}));
  BOOST_TEST((values("+metric:accu") == Set{"accuracy"}));
  BOOST_TEST((values("+report:summ") == Set{"summary"}));
  // A section that an override before it creates; models of this file.
  BOOST_TEST((values("+metric:linear_cka.every=10 metric:linear_cka.with=") == Set{"control", "l2", "plain"}));
  BOOST_TEST((values("training.steps=") == Set{}));
}

BOOST_AUTO_TEST_SUITE_END()
