// plots: draws a picture of each metric into plots/: NAME.svg, NAME.png, and the NAME.gp and NAME.tsv behind them.
//
//   a matrix "points" in nodes.h5   scatter of W against c: one panel for control and each model, as last measured;
//                                   drawn at the end of the run
//   one value per layer             the value against the step: one panel per layer, one line per model
//   one value per network           the value against the step: one line per model
//
// Without gnuplot the scripts and data are still written. Every file appears whole or not at all.
//
// See also: summary, weights_against_c.
#include <pipeline/report.hpp>

#include <cstdlib>
#include <fstream>
#include <pipeline/files.hpp>

#include "line_picture.hpp"
#include "scatter_picture.hpp"

namespace {
using namespace pipeline;
using namespace pipeline::reports;
namespace fs = std::filesystem;

/// A folder for unfinished pictures, removed whatever happens.
struct Drawing {
  explicit Drawing(fs::path folder) : scratch(std::move(folder)) { fs::create_directories(scratch); }
  ~Drawing() {
    std::error_code ignored;
    fs::remove_all(scratch, ignored);
  }
  fs::path scratch;
};

class Plots final : public Report {
  static constexpr std::chrono::seconds limit{60};  // per picture; a large one takes a second

  ReportOutput write(const RunResults& results, const Occasion& occasion) const override {
    const fs::path folder = results.folder / "plots";
    const Drawing drawing{folder / ".drawing"};
    ReportOutput output;
    std::size_t drawn = 0;
    for (const Picture& picture : pictures(results, occasion)) {
      write_file(folder / (picture.name + ".tsv"), picture.data);
      write_file(folder / (picture.name + ".gp"), picture.script);
      if (!output.warnings.empty()) continue;  // what stopped one picture would stop the next
      if (const std::string trouble = draw(folder, drawing.scratch, picture.name); !trouble.empty())
        output.warnings.push_back(trouble);
      else
        ++drawn;
    }
    if (occasion.final && drawn)
      output.lines.push_back("plots: " + std::to_string(drawn) + (drawn == 1 ? " picture in " : " pictures in ") +
                             folder.string());
    return output;
  }

  static std::vector<Picture> pictures(const RunResults& results, const Occasion& occasion) {
    const Series series(results, occasion.step);
    std::vector<Picture> pictures;
    for (const MeasuredMetric& metric : results.metrics) {
      if (const ScatterPicture scatter(results, series, metric.section); !scatter.empty()) {
        if (occasion.final) pictures.push_back(scatter.draw());
        continue;
      }
      for (const Column& column : series.columns)
        if (column.section == metric.section) pictures.push_back(LinePicture(results, series, column).draw(results));
    }
    return pictures;
  }

  static bool ends_with(const fs::path& file, std::string_view end) {
    std::ifstream in(file, std::ios::binary);
    std::string last(end.size(), ' ');
    in.seekg(-static_cast<std::streamoff>(end.size()), std::ios::end);
    in.read(last.data(), static_cast<std::streamsize>(last.size()));
    return in && last == end;
  }

  /// Draws in a scratch folder and moves the pictures into place. Returns a warning if that fails, otherwise nothing.
  static std::string draw(const fs::path& folder, const fs::path& scratch, const std::string& name) {
    for (const char* kind : {".gp", ".tsv"})
      fs::copy_file(folder / (name + kind), scratch / (name + kind), fs::copy_options::overwrite_existing);
    // -d ignores the user's gnuplot settings, which must not change the pictures; a name may begin with a dash
    const Ran result = run_program("gnuplot", {"-d", "./" + name + ".gp"}, scratch, limit);
    const std::string later = "; scripts and data are in " + folder.string() + ": draw them there with " +
                              (std::getenv("GNUTERM") ? "env -u GNUTERM " : "") + "gnuplot ./" + name + ".gp";
    if (result == Ran::not_found) return "plots: gnuplot is not installed ('sudo apt-get install gnuplot-nox')" + later;
    if (result == Ran::too_slow) return "plots: gnuplot took longer than a minute" + later;
    if (result == Ran::failed) {
      std::ifstream messages(scratch / "messages");
      std::string message, line;
      while (std::getline(messages, line))
        if (!line.empty()) message = line;  // the last one states the cause
      return "plots: gnuplot failed (" + message + ")" + later;
    }
    // On a full disk gnuplot ends as if nothing had happened.
    for (const auto& [kind, end] : {std::pair{".svg", "</svg>\n\n"}, {".png", "IEND\xAE\x42\x60\x82"}})
      if (!ends_with(scratch / (name + kind), end))
        return "plots: " + (folder / (name + kind)).string() + " could not be written whole: is the disk full?" + later;
    for (const char* kind : {".svg", ".png"}) fs::rename(scratch / (name + kind), folder / (name + kind));
    return "";
  }
};
}  // namespace

PIPELINE_REPORT(Plots, plots, "draws every metric as svg and png, each with its data and gnuplot script")
