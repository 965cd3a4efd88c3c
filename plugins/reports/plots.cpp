// plots: draws the run. For each metric column a picture in plots/: NAME.svg, NAME.png, and the NAME.gp and NAME.tsv
// they are drawn from. What the run holds decides what is drawn:
//
//   a matrix "points" in nodes.h5   scatter of W against c, a panel for control and each model, as last measured
//   a value a layer                 the value against the step, a panel a layer, a line a model
//   a value of the network          the value against the step, a line a model
//
// Without gnuplot the scripts and data are still written. Every file appears whole or not at all.
#include <pipeline/report.hpp>

#include "gnuplot.hpp"
#include "line_picture.hpp"
#include "scatter_picture.hpp"
#include "written_aside.hpp"

namespace {
using namespace pipeline;
using namespace pipeline::reports;
namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

class Plots final : public Report {
  static constexpr std::chrono::seconds limit{60};  // for one picture; a large one takes a second

  Lines write(const RunResults& results, const Occasion& occasion) const override {
    const fs::path folder = results.folder / "plots", aside = folder / ".drawing";
    fs::create_directories(aside);
    Lines lines;
    std::size_t drawn = 0;
    for (const Picture& picture : pictures(results, occasion)) {
      write_aside(folder / (picture.name + ".tsv"), picture.data);
      write_aside(folder / (picture.name + ".gp"), picture.script);
      if (!lines.empty()) continue;  // what stopped one picture stops the next
      if (const std::string trouble = draw(folder, aside, picture.name); !trouble.empty())
        lines.push_back(trouble);
      else
        ++drawn;
    }
    fs::remove_all(aside);
    if (occasion.final && drawn)
      lines.push_back("plots: " + std::to_string(drawn) + (drawn == 1 ? " picture in " : " pictures in ") +
                      folder.string());
    return lines;
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

  /// Draws in a folder aside and moves what came out; returns a warning if nothing did.
  static std::string draw(const fs::path& folder, const fs::path& aside, const std::string& name) {
    for (const char* kind : {".gp", ".tsv"})
      fs::copy_file(folder / (name + kind), aside / (name + kind), fs::copy_options::overwrite_existing);
    const Drawn result = run_gnuplot(aside, name + ".gp", limit);
    const std::string warning = "warning: plots: ",
                      later = "; the scripts beside the data draw the pictures later: gnuplot " + name + ".gp";
    if (result == Drawn::no_gnuplot)
      return warning + "gnuplot is not installed ('sudo apt-get install gnuplot-nox')" + later;
    if (result == Drawn::too_slow) return warning + "gnuplot took longer than a minute" + later;
    if (result == Drawn::failed) {
      std::ifstream messages(aside / "messages");
      std::string words, line;
      while (std::getline(messages, line))
        if (!line.empty()) words = line;  // the last one says what is wrong
      return warning + "gnuplot failed (" + words + ")" + later;
    }
    for (const char* kind : {".svg", ".png"}) fs::rename(aside / (name + kind), folder / (name + kind));
    return "";
  }
};
}  // namespace

PIPELINE_REPORT(Plots, plots, "draws every metric as svg and png, with the data and script behind each")
