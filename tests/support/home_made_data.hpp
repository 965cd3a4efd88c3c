// A dataset and a wrapper for tests, which run the functions that a test sets.
#pragma once
#include <functional>
#include <memory>

#include "small_run.hpp"

namespace home_made {
using namespace pipeline;

/// `train` and `test` samples of 4 features, as floats, whose labels run through the classes: 0 1 2 0 1 2 ..
inline Data few_samples(std::size_t train = 20, std::size_t test = 10, std::size_t classes = 2) {
  Data data;
  data.classes = classes;
  for (Samples* s : {&data.train, &data.test}) {
    const std::size_t count = s == &data.train ? train : test;
    s->floats.set_size(4, count);
    for (arma::uword i = 0; i < s->floats.n_elem; ++i) s->floats[i] = static_cast<float>(i % 7);
    for (std::size_t n = 0; n < count; ++n) s->labels.push_back(static_cast<std::uint16_t>(n % classes));
  }
  return data;
}

struct MadeDataset final : Dataset {
  Data data = few_samples();
  std::optional<DataShape> promised;
  std::function<void(const DataAccess&)> what;
  std::optional<DataShape> shape() const override { return promised; }
  Data load(const DataAccess& access) const override {
    if (what) what(access);
    return data;
  }
};

struct MadeWrapper final : Wrapper {
  std::function<DataShape(DataShape)> shape_;
  std::function<void(Data&)> what;
  DataShape changed_shape(DataShape inner) const override { return shape_ ? shape_(inner) : inner; }
  Data change(Data data) const override {
    if (what) what(data);
    return data;
  }
};

/// Puts them into a pipeline, as named in small.ini, line 3 and line 7.
inline void put(experiment::Pipeline& p, const std::shared_ptr<MadeDataset>& dataset) {
  p.dataset = {{"mine", {}, [dataset] { return dataset; }}, {}, {"mine", {"small.ini", 3, 1, ""}}};
}
inline void put(experiment::Pipeline& p, const std::shared_ptr<MadeWrapper>& wrapper,
                const std::string& name = "mine") {
  p.wrappers.push_back({{name, {}, [wrapper] { return wrapper; }}, {name, {"small.ini", 7, 1, ""}}});
}

}  // namespace home_made
