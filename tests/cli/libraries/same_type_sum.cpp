// With same_type_count.so: two libraries whose types have one name and different members.
#include <pipeline/metric.hpp>

namespace shared_name {

struct Gathered final : pipeline::Gatherer {
  double samples = 0;
  void see(const pipeline::Block& block) override { samples += static_cast<double>(block.size); }
};

struct Sum final : pipeline::Metric {
  pipeline::MetricInfo describe() const override { return {.unit = "count"}; }
  void prepare(pipeline::Evaluation& e) const override { e.gather<Gathered>(); }
  void measure(const pipeline::Evaluation& e, pipeline::Results& out) const override {
    out.value(e.gathered<Gathered>().samples);
  }
};

}  // namespace shared_name

PIPELINE_METRIC(shared_name::Sum, same_type_sum, "the number of samples, as a number")
