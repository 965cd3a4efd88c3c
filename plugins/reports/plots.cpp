// plots: draws a picture of each metric into plots/: NAME.svg, NAME.png, and the NAME.gp and NAME.tsv behind them.
//
//   a matrix "points" in nodes.h5   scatter of W against c: one panel for control and each model, as last measured, all
//                                   with the same axes; drawn at the end of the run
//   one value per layer             the value against the step: one panel per layer, one line per model
//   one value per network           the value against the step: one line per model
//   on = both                       one picture: the test set solid, the training set dashed
//
//   The value axis shows the last nine tenths of the steps where earlier values would flatten them. Triangles at the
//   edge mark what is outside. A circle is at the step whose weights a model went back to, a cross where it stopped.
//
// Several sections may draw different `metrics`, such as [report:log_plots] with plugin = plots, log_values = yes and
// metrics = loss. Without gnuplot the scripts and data are still written. Every file appears whole or not at all.
//
// See also: summary, weights_against_c.
#include <pipeline/report.hpp>

#include <unistd.h>
#include <algorithm>

#include <cstdlib>
#include <fstream>
#include <pipeline/files.hpp>
#include <pipeline/quoted.hpp>

#include "line_picture.hpp"
#include "scatter_picture.hpp"
#include "text_chart.hpp"

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

  Look look_;
  std::vector<std::string> metrics_;

  void declare(Parameters& p) override {
    p.words("format", look_.formats, {"svg", "png", "pdf"}, "files of each picture");
    p.whole("width", look_.width, at_least(400).up_to(10000), "of a picture").unit("pixels; 100 are an inch of a pdf");
    p.whole("height", look_.height, at_least(0).up_to(10000),
            "of a picture, at least; it is higher where its legend and panels need it")
        .unit("pixels");
    p.flag("log_steps", look_.log_steps, "logarithmic axis of the steps");
    p.flag("log_values", look_.log_values, "logarithmic axis of the values");
    p.words("metrics", metrics_, "metrics to draw; empty: all");
    p.text("title", look_.title, "heading of each picture; empty: what was measured");
  }
  void check(const std::vector<std::string>& sections) const override {
    if (const std::string unknown = unknown_of(sections); !unknown.empty()) throw Misfit("metrics", unknown);
  }

  ReportOutput write(const RunResults& results, const Occasion& occasion) const override {
    const fs::path folder = results.folder / "plots";
    const Drawing drawing{folder / ".drawing"};
    ReportOutput output;
    std::vector<std::string> sections;
    sections.reserve(results.metrics.size());
    for (const MeasuredMetric& metric : results.metrics) sections.push_back(metric.section);
    const std::string unknown = unknown_of(sections);
    if (!unknown.empty()) output.warnings.push_back("plots: metrics " + unknown);
    if (const std::string both = drawn_twice(results); occasion.final && !both.empty())
      output.warnings.push_back("plots: " + both);
    bool stuck = false;  // what stopped one picture would stop the next
    std::size_t drawn = 0;
    for (const Picture& picture : pictures(results, occasion)) {
      write_file(folder / (picture.name + ".tsv"), picture.data);
      write_file(folder / (picture.name + ".gp"), picture.script);
      if (stuck) continue;
      if (const std::string trouble = draw(folder, drawing.scratch, picture.name); !trouble.empty())
        output.warnings.push_back(trouble), stuck = true;
      else
        ++drawn;
    }
    if (occasion.final && drawn)
      output.lines.push_back("plots: " + std::to_string(drawn) + (drawn == 1 ? " picture in " : " pictures in ") +
                             folder.string());
    return output;
  }

  /// Of each section its main value, in every layer.
  ReportOutput text(const RunResults& results, std::size_t columns) const override {
    std::string unique = (fs::temp_directory_path() / "pipeline-XXXXXX").string();
    if (!::mkdtemp(unique.data()))
      throw std::runtime_error("cannot make a folder in " + fs::temp_directory_path().string());
    const Drawing drawing{unique};
    const Series series(results, std::numeric_limits<std::uint64_t>::max());
    ReportOutput output;
    for (const Column& column : series.columns) {
      if (!column.main() || !is_wanted(metrics_, column.section)) continue;
      for (const std::size_t layer : column.layers) {
        const std::string script = text_chart(results, series, column, layer, columns, 20);
        if (script.empty()) continue;
        write_file(drawing.scratch / "chart.gp", script);
        const Ran ran = run_program("gnuplot", {"-d", "./chart.gp"}, drawing.scratch, limit);
        if (ran == Ran::not_found) {
          output.warnings.push_back("plots: gnuplot is not installed ('sudo apt-get install gnuplot-nox')");
          return output;
        }
        if (ran != Ran::ok) {
          output.warnings.push_back("plots: gnuplot failed on " + column.metric);
          continue;
        }
        std::ifstream in(drawing.scratch / "text");
        for (std::string line; std::getline(in, line);) {
          line.erase(line.find_last_not_of(" \r\f") + 1);
          if (!line.empty()) output.lines.push_back(line);
        }
        output.lines.emplace_back();
      }
    }
    return output;
  }

  /// What is wrong with `metrics`, if anything.
  std::string unknown_of(const std::vector<std::string>& sections) const {
    for (const std::string& metric : metrics_) {
      if (std::find(sections.begin(), sections.end(), metric) != sections.end()) continue;
      std::string known;
      for (const std::string& section : sections) known += (known.empty() ? "" : ", ") + section;
      return "names " + pipeline::quoted(metric) +
             ", and there is no section [metric:NAME] of that name (there are: " + known + ")";
    }
    return "";
  }
  static bool is_wanted(const std::vector<std::string>& metrics, const std::string& section) {
    return metrics.empty() || std::find(metrics.begin(), metrics.end(), section) != metrics.end();
  }

  /// Two sections of this report that draw the same metric write the same files. Names them; empty if there are none.
  static std::string drawn_twice(const RunResults& results) {
    if (!fs::exists(results.folder / "resolved.ini")) return "";
    std::map<std::string, std::string> drawn_by;  // by metric
    for (const PipelineSection& section : results.resolved()) {
      const std::string kind = "report:";
      if (!section.name.starts_with(kind)) continue;
      std::string plugin = section.name.substr(kind.size());
      std::vector<std::string> metrics;
      Parameters p;
      p.text("plugin", plugin, "");
      p.words("metrics", metrics, "");
      for (const auto& [key, value] : section.settings)
        if (Parameter* const parameter = p.find(key)) parameter->set(value);
      for (const MeasuredMetric& metric : results.metrics)
        if (plugin == "plots" && is_wanted(metrics, metric.section))
          if (const auto [other, first] = drawn_by.try_emplace(metric.section, section.name); !first)
            return "[" + other->second + "] and [" + section.name + "] both draw " + metric.section +
                   ", and only the pictures of one are kept; give them different metrics";
    }
    return "";
  }

  std::vector<Picture> pictures(const RunResults& results, const Occasion& occasion) const {
    const Series series(results, occasion.step);
    std::vector<Picture> pictures;
    for (const MeasuredMetric& metric : results.metrics) {
      if (!is_wanted(metrics_, metric.section)) continue;
      if (const ScatterPicture scatter(results, series, metric.section, look_); !scatter.empty()) {
        if (occasion.final) pictures.push_back(scatter.draw());
        continue;
      }
      for (const Column& column : series.columns) {
        if (column.section != metric.section || test_of(series, column)) continue;
        pictures.push_back(LinePicture(results, series, column, training_of(series, column), look_).draw());
      }
    }
    return pictures;
  }
  /// The same quantity on the training set, where a section with `on = both` has it.
  static const Column* training_of(const Series& series, const Column& column) {
    return named(series, column.section + ".train" + column.metric.substr(column.section.size()));
  }
  /// The column that this one, of the training set, is drawn with.
  static const Column* test_of(const Series& series, const Column& column) {
    const std::string train = column.section + ".train";
    const bool on_train = column.metric == train || column.metric.starts_with(train + ".");
    return on_train ? named(series, column.section + column.metric.substr(train.size())) : nullptr;
  }
  static const Column* named(const Series& series, const std::string& metric) {
    const auto found = std::find_if(series.columns.begin(), series.columns.end(),
                                    [&](const Column& column) { return column.metric == metric; });
    return found == series.columns.end() ? nullptr : &*found;
  }

  static bool ends_with(const fs::path& file, std::string_view end) {
    std::ifstream in(file, std::ios::binary);
    std::string last(end.size(), ' ');
    in.seekg(-static_cast<std::streamoff>(end.size()), std::ios::end);
    in.read(last.data(), static_cast<std::streamsize>(last.size()));
    return in && last == end;
  }

  /// A run that is drawn again gives the same bytes, but cairo writes the time into a pdf.
  static void erase_date(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(in), {});
    const std::string key = "/CreationDate (D:";
    if (const auto at = text.rfind(key); at != text.npos) text.replace(at + key.size(), 14, "19700101000000");
    write_file(file, text);
  }

  /// Draws in a scratch folder and moves the pictures into place. Returns a warning if that fails, otherwise nothing.
  std::string draw(const fs::path& folder, const fs::path& scratch, const std::string& name) const {
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
    static const std::map<std::string, std::string> ends = {
        {"svg", "</svg>\n\n"}, {"png", "IEND\xAE\x42\x60\x82"}, {"pdf", "%%EOF\n"}};
    for (const std::string& format : look_.formats)
      if (const std::string file = name + "." + format; !ends_with(scratch / file, ends.at(format)))
        return "plots: " + (folder / file).string() + " could not be written whole: is the disk full?" + later;
    for (const std::string& format : look_.formats) {
      if (format == "pdf") erase_date(scratch / (name + ".pdf"));
      fs::rename(scratch / (name + "." + format), folder / (name + "." + format));
    }
    return "";
  }
};
}  // namespace

PIPELINE_REPORT(Plots, plots, "draws metrics as svg, png and pdf, each with its data and gnuplot script")
