// metrics.csv of an older run. The input is the file.
#include "results/metrics_csv.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::Folder folder;
  const auto file = folder.write("metrics.csv", fuzz::text_of(data, size));
  fuzz::may_throw<std::runtime_error>([&] { pipeline::results::read_metrics(file); });
  return 0;
}
