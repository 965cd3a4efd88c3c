// html: one page with everything in it, report.html: verdict, curves, pictures, definitions, and where it is from.
//
//   during the run   rewritten every `refresh` seconds, or less often where writing it takes more than a fiftieth of the
//                    time; a browser that shows it reloads, and keeps what its reader has set
//   at the end       once more; of a sweep, the comparisons of its models and the curves over its seeds
//
//   Of each curve at most 500 points are shown: the first, the last, and between them the extremes of equal stretches.
//   Pictures of samples and weights take 300,000 bytes at most before compression, points of w against c 250,000 values.
//   The page needs nothing else and asks for nothing: it can be mailed. Browsers of 2023 or later show it.
//
//   Charts are drawn by dygraphs and D3, which are copied into the page from where they are installed.
//
// See also: plots, summary, tensorboard.
#include <pipeline/report.hpp>

#include <fstream>
#include <pipeline/files.hpp>
#include <sstream>

#include "page/document.hpp"
#include "page/page_files.hpp"
#include "page/run_content.hpp"
#include "page/sweep_content.hpp"

namespace {
using namespace pipeline;
using namespace pipeline::reports;

class Html final : public Report {
  double refresh = 5;

  void declare(Parameters& p) override {
    p.number("refresh", refresh, at_least(0), "time between two writings while the run goes on; 0: at its end only")
        .unit("seconds");
  }
  double seconds_between() const override { return refresh; }
  std::string page_file() const override { return "report.html"; }

  ReportOutput write(const RunResults& results, const Occasion& occasion) const override {
    Document document;
    Packed numbers;
    document.title = results.pipeline;
    document.content = RunContent(results, occasion.step, occasion.final, numbers).json();
    if (!occasion.final) document.content["reload"] = std::max(refresh, 2.);
    document.numbers = numbers.bytes();
    return written(document, results.folder, occasion.final);
  }

  ReportOutput write_sweep(const SweepResults& sweep) const override {
    Document document;
    Packed numbers;
    document.title = sweep.pipeline;
    document.content = SweepContent(sweep, numbers).json();
    document.numbers = numbers.bytes();
    return written(document, sweep.folder, true);
  }

  ReportOutput written(Document& document, const std::filesystem::path& folder, bool final) const {
    document.style = read(dygraphs_style) + page_style;
    document.scripts = {read(dygraphs_script), read(d3_script), page_script};
    write_file(folder / page_file(), document.html());
    ReportOutput output;
    if (final) output.lines.push_back("report: " + (folder / page_file()).string());
    return output;
  }

  static std::string read(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    if (!in || !(text << in.rdbuf()))
      throw std::runtime_error("needs " + file +
                               ", which cannot be read\n  install it: sudo apt-get install libjs-dygraphs node-d3");
    std::string script = text.str();
    // What names another file would be asked for by a browser's developer tools; and nothing may end the element.
    for (const std::string_view word : {"//# sourceMappingURL=", "/*# sourceMappingURL="})
      if (const auto at = script.rfind(word); at != script.npos) script.erase(at, script.find('\n', at) - at);
    if (script.find("</script") != script.npos || script.find("</style") != script.npos)
      throw std::runtime_error(file +
                               " cannot be copied into a page, because it contains the end of a script or style");
    return script;
  }
};

}  // namespace

PIPELINE_REPORT(Html, html, "writes one page to look at: verdict, curves, pictures, definitions, facts")
