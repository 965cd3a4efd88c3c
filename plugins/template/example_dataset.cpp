// example_dataset: two clouds of points in the plane, one per class.
//
//   x = centre of its class + standard normal noise        centres (d, d) and (2d, 2d), d = distance
//
//   Two features; the two classes alternate. Point n depends only on the seed, the split, n and distance, not on the
//   number of points or threads.
#include <pipeline/dataset.hpp>
#include <pipeline/random.hpp>

namespace {
using namespace pipeline;

class ExampleDataset final : public Dataset {
  std::uint64_t train = 1000, test = 200, seed = 1;
  double distance = 2;

  void declare(Parameters& p) override {
    p.whole("train", train, at_least(2), "number of training samples");
    p.whole("test", test, at_least(2), "number of test samples");
    p.whole("seed", seed, at_least(0).up_to(infinity), "seed of the points; another seed draws other points");
    p.number("distance", distance, at_least(0), "distance between the centres along each axis");
  }

  std::optional<DataShape> shape() const override { return DataShape{2, 2, train, test, {}}; }

  Data load(const DataAccess&) const override {
    Data data;
    data.classes = 2;
    data.train = draw("train", train);
    data.test = draw("test", test);
    return data;
  }

  Samples draw(const std::string& split, std::size_t count) const {
    const Random noise(seed, "example_dataset", split, "");
    Samples samples;
    samples.floats.set_size(2, count);
    for (std::size_t n = 0; n < count; ++n) {
      const std::uint16_t label = n % 2;
      for (std::size_t axis = 0; axis < 2; ++axis)
        samples.floats(axis, n) = static_cast<float>(distance * (label + 1) + noise.normal(2 * n + axis));
      samples.labels.push_back(label);
    }
    return samples;
  }
};

}  // namespace

PIPELINE_DATASET(ExampleDataset, example_dataset, "two clouds of points in the plane")
