// example_report: one line a model, its newest accuracy, into example_report.txt.
#include <pipeline/report.hpp>

#include <fstream>

namespace {
using namespace pipeline;

class ExampleReport final : public Report {
  std::vector<std::string> write(const RunResults& results, const Occasion&) const override {
    std::map<std::string, double> newest;
    for (const Row& row : results.rows)
      if (row.metric == "accuracy") newest[row.model] = row.value;
    std::ofstream file(results.folder / "example_report.txt");
    for (const std::string& model : results.models) file << model << " " << newest[model] << "\n";
    if (!file.flush()) throw std::runtime_error("cannot write example_report.txt");
    return {"example_report: example_report.txt holds the newest accuracies"};
  }
};

}  // namespace

PIPELINE_REPORT(ExampleReport, example_report, "the newest accuracy of each model as text")
