// A study with a model that waits in the middle of its training, so that a test can stop the run there.
#pragma once
#include <sys/wait.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "support/plugin_fixture.hpp"
#include "support/same_run.hpp"

namespace support {

using nlohmann::json;

/// 300 steps; the model `waits` waits at step 150 until the file `gate` exists, so that a test can act in between.
inline const std::string resumed_study =
    replaced(replaced(small_study, "steps = 30\n", "steps = 300\n"), "[metric:accuracy]\n", R"(
[model:waits]
regularisers = dropout, hook_waits

[metric:node_snr]
every = 50

[report:summary]

[metric:accuracy]
)");

struct ResumeFixture : PluginFixture {
  ResumeFixture() {
    write("study.ini", resumed_study);
    put(libraries / "waits.so");
  }
  static Words command(const Words& more) {
    return Words{"run", "study.ini", "--plugin-path", "plugins", "--progress", "none"} + more;
  }
  Said study_with(const Words& more) const { return run(command(more)); }
  bool waits() const { return fs::exists(here / "gate.waits"); }
  void open_gate() const { write("gate", "\n"); }
  void close_gate() const { fs::remove(here / "gate"), fs::remove(here / "gate.waits"); }

  /// Returns once the run is inside the hook.
  std::unique_ptr<Child> started(const Words& more) const {
    close_gate();
    auto child = start(command(more));
    BOOST_TEST(child->wait_until([&] { return waits(); }), child->err_so_far());
    return child;
  }
  /// Stops at step 150 of the model that waits. The gate is open afterwards.
  Said stop(const Words& more, int number = SIGTERM) const {
    const auto child = started(more);
    child->signal(number);
    std::this_thread::sleep_for(std::chrono::milliseconds(60));  // a busy machine may take a while to deliver it
    open_gate();
    Said said = child->finish();
    check_exit(said, 75);
    return said;
  }
  /// A run that nothing disturbs.
  void whole(const std::string& out, const Words& more = {}) const {
    open_gate();
    check_exit(study_with(Words{"--out", out} + more), 0);
  }
  void check_same(const std::string& a, const std::string& b,
                  std::source_location where = std::source_location::current()) const {
    check_same_run(here / a, here / b, where);
    BOOST_TEST(read(a + "/summary.txt") == read(b + "/summary.txt"), where.line());
  }
  std::string status(const std::string& out) const { return json::parse(read(out + "/run.json"))["status"]; }
  std::vector<fs::path> checkpoints(const std::string& out) const {
    std::vector<fs::path> files;
    for (const auto& file : fs::directory_iterator(here / out / "checkpoints")) files.push_back(file.path());
    std::ranges::sort(files);
    return files;
  }
};

/// Every file of a folder and its content.
inline std::map<std::string, std::string> content(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& file : fs::recursive_directory_iterator(folder))
    if (file.is_regular_file()) files[file.path().string()] = read_file(file.path());
  return files;
}

inline void change_byte(const fs::path& file) {
  std::string text = read_file(file);
  text[text.size() / 2] ^= 1;
  std::ofstream(file, std::ios::binary) << text;
}

/// The whole number that follows the mark in a text.
inline std::size_t whole_after(const std::string& text, const std::string& mark) {
  const std::size_t at = text.find(mark);
  BOOST_TEST_REQUIRE(at != text.npos, text);
  return std::stoul(text.substr(at + mark.size()));
}

/// Long enough that a second signal does not count as the same one, sent twice.
inline void wait_a_moment() { std::this_thread::sleep_for(std::chrono::milliseconds(60)); }

}  // namespace support
