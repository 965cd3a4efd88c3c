// The inputs kept for fuzzing, read by the same functions. The fuzzer itself is `./dev fuzz`.
#include <boost/test/unit_test.hpp>

#include "framework/data_environment.hpp"

using Target = int(const std::uint8_t*, std::size_t);
// As tests/CMakeLists.txt names the functions of tests/fuzz.
extern "C" Target fuzz_checkpoint, fuzz_csv, fuzz_download, fuzz_exports, fuzz_gzip, fuzz_idx, fuzz_metrics_csv,
    fuzz_pipeline_text, fuzz_probe_cache, fuzz_run_json;

namespace {

namespace fs = std::filesystem;

const std::map<std::string, Target*> targets = {{"checkpoint", fuzz_checkpoint},
                                                {"csv", fuzz_csv},
                                                {"download", fuzz_download},
                                                {"exports", fuzz_exports},
                                                {"gzip", fuzz_gzip},
                                                {"idx", fuzz_idx},
                                                {"metrics_csv", fuzz_metrics_csv},
                                                {"pipeline_text", fuzz_pipeline_text},
                                                {"probe_cache", fuzz_probe_cache},
                                                {"run_json", fuzz_run_json}};

}  // namespace

BOOST_AUTO_TEST_SUITE(fuzz_corpus)

BOOST_AUTO_TEST_CASE(each_target_has_a_corpus_and_is_tested_here) {
  for (const auto& entry : fs::directory_iterator(SOURCE_DIR "/tests/fuzz")) {
    const std::string name = entry.path().stem();
    if (entry.path().extension() == ".cpp") BOOST_TEST(targets.contains(name), name << " is not in the list");
  }
  for (const auto& entry : fs::directory_iterator(SOURCE_DIR "/tests/fuzz/corpus"))
    BOOST_TEST(targets.contains(entry.path().filename().string()), entry.path() << " is of no target");
}

BOOST_AUTO_TEST_CASE(every_kept_input_gives_a_result_or_a_documented_error) {
  support::DataEnvironment environment;  // some targets set variables, which are restored
  for (const char* name : {"XDG_CACHE_HOME", "http_proxy", "https_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"})
    environment.set(name, "");
  for (const auto& [name, target] : targets) {
    std::size_t inputs = 0;
    for (const auto& entry : fs::directory_iterator(fs::path(SOURCE_DIR "/tests/fuzz/corpus") / name)) {
      const std::string input = support::read_file(entry.path());
      BOOST_TEST_CONTEXT(entry.path()) {
        BOOST_CHECK_NO_THROW(target(reinterpret_cast<const std::uint8_t*>(input.data()), input.size()));
      }
      ++inputs;
    }
    BOOST_TEST(inputs > 3u, name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
