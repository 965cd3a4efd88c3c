// The search for data files, and the check of their hashes.
#include <boost/test/unit_test.hpp>

#include "data_environment.hpp"

using namespace pipeline::data;
using namespace support;

namespace {
const std::string good = "the right bytes";
const std::vector<pipeline::DataFile> one{{"a.gz", sha256_of_text(good), {}}};
const FetchOptions offline{.offline = true, .pipeline_file = "mnist_snr.ini"};
}  // namespace

BOOST_AUTO_TEST_SUITE(data_folders)

BOOST_AUTO_TEST_CASE(sha256_of_known_texts) {  // FIPS 180-2, examples B.1 and the empty message
  BOOST_TEST(sha256_of_text("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(sha256_of_text("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

BOOST_AUTO_TEST_CASE(working_directory_then_data_path_then_home) {
  const DataEnvironment environment;
  const_cast<DataEnvironment&>(environment)
      .set("PIPELINE_DATA_PATH",
           (environment.scratch.path() / "p1").string() + "::" + (environment.scratch.path() / "p2").string());
  // Each takes precedence over the previous one.
  for (const std::string place : {"home/pipeline/data", "p2", "p1", "work/data"}) {
    environment.scratch.write(place + "/set/a.gz", good);
    const std::vector<Located> found = locate("set", one, offline);
    BOOST_TEST(found.at(0).source == (environment.scratch.path() / place / "set").string());
    BOOST_TEST(found.at(0).path == environment.scratch.path() / place / "set/a.gz");
    BOOST_TEST(found.at(0).sha256 == one[0].sha256);
  }
}

BOOST_AUTO_TEST_CASE(home_is_local_share_if_XDG_DATA_HOME_is_empty_or_relative) {
  DataEnvironment environment;
  environment.set("HOME", "/some/one");
  for (const char* useless : {"", "relative/folder"}) {
    environment.set("XDG_DATA_HOME", useless);
    BOOST_TEST(search_folders().back() == "/some/one/.local/share/pipeline/data");
  }
}

BOOST_AUTO_TEST_CASE(an_unpacked_file_is_accepted_and_its_hash_recorded) {
  const DataEnvironment environment;
  environment.scratch.write("work/data/set/a", "unpacked");
  BOOST_TEST(locate("set", one, offline).at(0).sha256 == sha256_of_text("unpacked"));
  BOOST_TEST((verify("set", one).at(0).state == FileState::unpinned));
  environment.scratch.write("work/data/set/a.gz", good);  // the pinned file beside it takes precedence
  BOOST_TEST((verify("set", one).at(0).state == FileState::good));
}

BOOST_AUTO_TEST_CASE(a_file_with_a_wrong_hash_is_an_error_and_is_not_deleted) {
  const DataEnvironment environment;
  const fs::path file = environment.scratch.write("work/data/set/a.gz", "<html>pay here");
  const std::string said = message_of([] { locate("set", one); });
  for (const std::string& part : {file.string(), sha256_of_text("<html>pay here"), one[0].sha256,
                                  std::string("Delete it"), std::string("web page")})
    check_says(said, part);
  BOOST_TEST(read_file(file) == "<html>pay here");
  BOOST_TEST((verify("set", one).at(0).state == FileState::wrong));
  BOOST_CHECK_THROW(locate("set", one), DataError);
}

BOOST_AUTO_TEST_CASE(the_offline_error_lists_the_folders_and_the_remedies) {
  DataEnvironment environment;
  environment.set("PIPELINE_DATA_PATH", "/elsewhere");
  const std::string said = message_of([] { locate("set", one, offline); });
  for (const std::string& part :
       {std::string("--offline"), std::string("a.gz"), (environment.scratch.path() / "work/data/set").string(),
        std::string("/elsewhere/set"), (environment.home() / "set").string(), std::string("PIPELINE_DATA_PATH"),
        std::string("pipeline run mnist_snr.ini dataset.plugin=digits")})
    check_says(said, part);
  BOOST_TEST((verify("set", one).at(0).state == FileState::missing));
}

BOOST_AUTO_TEST_CASE(the_recommended_command_is_quoted_for_a_shell) {
  const DataEnvironment environment;
  const std::string said = message_of([] { locate("set", one, {.offline = true, .pipeline_file = "my study's.ini"}); });
  check_says(said, "pipeline run 'my study'\\''s.ini' dataset.plugin=digits");
}

BOOST_AUTO_TEST_CASE(downloads_go_to_data_if_it_exists_and_home_otherwise) {
  const DataEnvironment environment;
  BOOST_TEST(landing_folder("set") == environment.home() / "set");
  fs::create_directory("data");
  BOOST_TEST(landing_folder("set") == environment.scratch.path() / "work/data/set");
  environment.scratch.write("work/data/set", "a file in the way");
  BOOST_TEST(landing_folder("set") == environment.home() / "set");
}

BOOST_AUTO_TEST_SUITE_END()
