// The output and exit code of `data path`, `fetch` and `verify`.
#include "support/csv_rows.hpp"
#include "support/program.hpp"

using namespace support;

BOOST_AUTO_TEST_SUITE(data)

BOOST_AUTO_TEST_CASE(path_lists_the_search_folders_and_the_download_folder) {
  World world;
  world.environment["PIPELINE_DATA_PATH"] = "/somewhere:shared";
  check_text(world.tidy(world.run({"data", "path", "mnist"}).out), R"(looked for in   <here>/data/mnist
looked for in   /somewhere/mnist
looked for in   <here>/shared/mnist
looked for in   <scratch>/home/share/pipeline/data/mnist
downloaded to   <scratch>/home/share/pipeline/data/mnist
)");
  fs::create_directories(world.here / "data");
  check_says(world.tidy(world.run({"data", "path", "mnist"}).out), "downloaded to   <here>/data/mnist\n");
}

BOOST_AUTO_TEST_CASE(verify_and_fetch_without_a_network) {
  World world;
  world.write("shared/mnist/t10k-labels-idx1-ubyte", "unpacked by hand");
  world.environment["PIPELINE_DATA_PATH"] = "shared";
  Said said = world.run({"data", "verify", "mnist"});
  check_exit(said, 4);
  check_text(world.tidy(said.out), R"(train-images-idx3-ubyte.gz: missing
train-labels-idx1-ubyte.gz: missing
t10k-images-idx3-ubyte.gz: missing
t10k-labels-idx1-ubyte.gz: found (no hash to compare with), <here>/shared/mnist/t10k-labels-idx1-ubyte
to download what is missing: pipeline data fetch mnist
)");
  said = world.run({"data", "fetch", "mnist", "--offline"});
  check_exit(said, 4);
  check_says(said.err, "error: files of dataset mnist are missing, and --offline forbids downloading them\n");
  for (const std::string word : {"fetch", "verify"}) {
    said = world.run({"data", word, "digits"});
    check_exit(said, 0);
    check_text(said.out, "digits needs no files\n");
  }
}

BOOST_AUTO_TEST_SUITE_END()
