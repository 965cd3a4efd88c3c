// example_report: writes the newest accuracy of each model to example_report.txt, one per line; "-" if not measured.
#include <pipeline/files.hpp>
#include <pipeline/numbers.hpp>
#include <pipeline/report.hpp>

namespace {
using namespace pipeline;

class ExampleReport final : public Report {
  ReportOutput write(const RunResults& results, const Occasion&) const override {
    std::map<std::string, double> newest;
    for (const Row& row : results.rows)
      if (row.metric == "accuracy") newest[row.model] = row.value;
    std::string text;
    for (const std::string& model : results.models)
      text += model + " " + (newest.contains(model) ? nine_digits(newest[model]) : "-") + "\n";
    write_file(results.folder / "example_report.txt", text);
    return {.lines = {"example_report: the newest accuracies are in example_report.txt"}};
  }
};

}  // namespace

PIPELINE_REPORT(ExampleReport, example_report, "writes the newest accuracy of each model as text")
