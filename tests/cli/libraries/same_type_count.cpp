// With same_type_sum.so: two libraries whose types have one name and different members.
#include <pipeline/metric.hpp>

#include <cstdint>

namespace shared_name {

struct Gathered final : pipeline::Gatherer {
  std::int64_t samples = 0;
  void see(const pipeline::Block& block) override { samples += static_cast<std::int64_t>(block.size); }
};

struct Count final : pipeline::Metric {
  pipeline::MetricInfo describe() const override { return {.unit = "count"}; }
  void prepare(pipeline::Evaluation& e) const override { e.gather<Gathered>(); }
  void measure(const pipeline::Evaluation& e, pipeline::Results& out) const override {
    out.value(static_cast<double>(e.gathered<Gathered>().samples));
  }
};

}  // namespace shared_name

PIPELINE_METRIC(shared_name::Count, same_type_count, "the number of samples, as an integer")
