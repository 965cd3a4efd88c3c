// Plugins that wait for a file, so that a test can do something at a known moment of a run. They tell that they wait
// by a file of the same name with ".waits".
#include <pipeline/dataset.hpp>
#include <pipeline/regulariser.hpp>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace {
using namespace pipeline;

void wait_for(const std::string& file) {
  std::ofstream(file + ".waits").put('\n');
  while (!std::filesystem::exists(file)) std::this_thread::sleep_for(std::chrono::milliseconds(2));
}

struct HookWaits final : Regulariser, GradientChange {
  std::string gate = "gate";
  std::uint64_t at = 150;
  void declare(Parameters& p) override {
    p.text("gate", gate, "the file to wait for");
    p.whole("at", at, at_least(0), "the step at which it waits");
  }
  void change(std::span<const float>, std::span<float>, const Tile& tile, const Step& step) const override {
    if (step.number == at && tile.layer == 1 && tile.input == 0) wait_for(gate);
  }
};

struct LoadWaits final : Dataset {
  std::string gate = "gate";
  void declare(Parameters& p) override { p.text("gate", gate, "the file to wait for"); }
  Data load(const DataAccess&) const override {
    wait_for(gate);
    Data data;
    data.classes = 2;
    for (Samples* s : {&data.train, &data.test}) {
      s->floats.zeros(4, 40);
      for (std::size_t i = 0; i < 40; ++i) {
        s->floats(i % 4, i) = 1;
        s->labels.push_back(static_cast<std::uint16_t>(i % 2));
      }
    }
    return data;
  }
};

}  // namespace

PIPELINE_REGULARISER(HookWaits, hook_waits, "waits for a file at a step")
PIPELINE_DATASET(LoadWaits, load_waits, "waits for a file before it loads")
