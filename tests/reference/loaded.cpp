// loaded DATASET FOLDER [key=value ...]: loads a dataset, writes its samples to FOLDER as float32 (train.f32, test.f32,
// one sample after the other), and prints the rest as JSON. For comparisons with other programs.
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include <pipeline/dataset.hpp>

#include "support/load_plugin.hpp"

namespace {

struct Access final : pipeline::DataAccess {
  mutable std::vector<std::string> warnings;
  std::filesystem::path file(const std::string& name) const override { throw std::runtime_error("no file " + name); }
  void parallel(std::size_t n, const std::function<void(std::size_t)>& body) const override {
    for (std::size_t i = 0; i < n; ++i) body(i);
  }
  void warn(const std::string& message) const override { warnings.push_back(message); }
};

nlohmann::json written(const pipeline::Samples& samples, const std::filesystem::path& file) {
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(samples.floats.memptr()),
             static_cast<std::streamsize>(samples.floats.n_elem * sizeof(float)));
  return {{"samples", samples.floats.n_cols}, {"features", samples.floats.n_rows}, {"labels", samples.labels}};
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  nlohmann::json out;
  try {
    const auto dataset = support::load<pipeline::Dataset>("dataset", words.at(0));
    support::Values values;
    for (std::size_t i = 2; i < words.size(); ++i)
      values.emplace_back(words[i].substr(0, words[i].find('=')), words[i].substr(words[i].find('=') + 1));
    support::set(*dataset, values);
    dataset->check();
    const Access access;
    const pipeline::Data data = dataset->load(access);
    out = {{"train", written(data.train, words.at(1) + "/train.f32")},
           {"test", written(data.test, words.at(1) + "/test.f32")},
           {"classes", data.classes},
           {"class_names", data.class_names},
           {"warnings", access.warnings}};
  } catch (const std::exception& e) {
    out = {{"error", e.what()}};
  }
  std::cout << out.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace) << "\n";
}
