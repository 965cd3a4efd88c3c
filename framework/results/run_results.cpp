#include "results/run_results.hpp"

#include "config/complaint.hpp"
#include "config/reader.hpp"
#include "results/metrics_csv.hpp"
#include "results/nodes_h5.hpp"
#include "results/predictions_h5.hpp"
#include "results/run_folder.hpp"
#include "results/run_json.hpp"
#include "results/weights_h5.hpp"

namespace pipeline::results {

namespace {

class FolderResults final : public RunResults {
 public:
  FolderResults(const RunFolder& of, LoadData load) : files_(of), load_(std::move(load)) {
    folder = of.path;
    RunInfo run = read_run_json(of.run_json());
    pipeline = std::move(run.pipeline);
    steps = run.steps;
    models = std::move(run.models);
    class_names = std::move(run.class_names);
    metrics = std::move(run.metrics);
    plugins = std::move(run.plugins);
    status = std::move(run.status);
    facts = std::move(run.facts);
    failures = std::move(run.failures);
    stopped = std::move(run.stopped);
    restored = std::move(run.restored);
    remarks = std::move(run.remarks);
    rows = read_metrics(of.metrics_csv(), run.metrics_end);
  }

  std::vector<std::uint64_t> node_steps(const std::string& model, const std::string& section,
                                        const std::string& name) const override {
    return read_node_steps(files_.nodes_h5(), dataset(model, section, name));
  }
  arma::mat nodes(const std::string& model, const std::string& section, const std::string& name,
                  std::size_t index) const override {
    return read_nodes(files_.nodes_h5(), dataset(model, section, name), index);
  }
  std::map<std::string, arma::fmat> weights(const std::string& model) const override {
    return read_weights(files_.weights_h5(), weights_group(model));
  }

  std::vector<std::uint16_t> predicted(const std::string& model) const override {
    const auto& all = predictions().by_model;
    const auto found = all.find(model);
    return found == all.end() ? std::vector<std::uint16_t>() : found->second;
  }
  std::vector<std::uint16_t> test_labels() const override { return predictions().labels; }

  std::vector<PipelineSection> resolved() const override {
    config::Complaints complaints;
    const config::Tree tree =
        config::read_text(read_file(files_.resolved_ini()), files_.resolved_ini().string(), complaints);
    if (complaints.any()) throw config::PipelineTextError(complaints.list());
    std::vector<PipelineSection> sections;
    for (const auto& [name, keys] : tree) {
      sections.push_back({name, {}});
      for (const auto& [key, node] : keys) sections.back().settings.emplace_back(key, node.data().value.text);
    }
    return sections;
  }

  const Data& data() const override {
    if (!data_ && load_) data_ = load_();
    if (!data_) throw std::runtime_error("the dataset of " + folder.string() + " is not available here");
    return *data_;
  }

 private:
  static std::string dataset(const std::string& model, const std::string& section, const std::string& name) {
    return "/" + model + "/" + section + "/" + name;
  }
  const Predictions& predictions() const {
    if (!predictions_ || predictions_->by_model.empty()) predictions_ = read_predictions(files_.predictions_h5());
    return *predictions_;
  }

  RunFolder files_;
  LoadData load_;
  mutable std::optional<Predictions> predictions_;
  mutable std::shared_ptr<const Data> data_;
};

}  // namespace

std::unique_ptr<RunResults> open_run(const std::filesystem::path& folder, LoadData load) {
  return std::make_unique<FolderResults>(RunFolder{folder}, std::move(load));
}

}  // namespace pipeline::results
