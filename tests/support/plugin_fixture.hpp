// A small study and a plugin folder into which tests copy faulty libraries.
#pragma once
#include "support/csv_rows.hpp"
#include "support/program.hpp"

namespace support {

inline const fs::path libraries = BUILD_DIR "/lib/test_libraries", shipped = BUILD_DIR "/lib/pipeline/plugins";

/// A world with a small study, study.ini, and a plugin folder, plugins/.
struct PluginFixture : StudyFixture {
  PluginFixture() { fs::create_directories(here / "plugins"); }
  /// Copies a library into the plugin folder.
  void put(const fs::path& library, const std::string& name = "") const {
    fs::copy_file(library, here / "plugins" / (name.empty() ? library.filename().string() : name),
                  fs::copy_options::overwrite_existing);
  }
  /// Runs the program with the plugin folder in its search path.
  Said with(const Words& words) const { return run(words + Words{"--plugin-path", "plugins"}); }
  /// `pipeline run` of the study with another regulariser in model l2.
  Said run_with_regulariser(const std::string& name, const Words& more = {}) const {
    return with(Words{"run", "study.ini", "~model:l2.l2.lambda", "model:l2.regularisers=" + name, "--out", "out"} +
                more);
  }
  /// check, show and run must each exit with 3 and print exactly this message.
  void refused(const Words& words, const std::string& complaint,
               std::source_location where = std::source_location::current()) const {
    for (const std::string command : {"check", "show", "run"}) {
      const Said said = with(Words{command, "study.ini"} + words);
      check_exit(said, 3, where);
      check_text(tidy(said.err), complaint, where);
    }
    BOOST_TEST(!fs::exists(here / "runs"));  // refused before the run starts
  }
  /// The overrides that replace the regulariser of model l2.
  Words swapped(const std::string& regulariser) const {
    return {"~model:l2.l2.lambda", "model:l2.regularisers=" + regulariser};
  }
};

/// The rows of one model, as text.
inline std::string rows_of(const std::string& csv, const std::string& model) {
  std::string out;
  for (const std::string& line : lines_of(csv))
    if (line.find("," + model + ",") != std::string::npos) out += line + "\n";
  return out;
}

}  // namespace support
