// run.json of an older run. The input is the file.
#include "results/run_json.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::Folder folder;
  const auto file = folder.write("run.json", fuzz::text_of(data, size));
  fuzz::may_throw<std::runtime_error>([&] { pipeline::results::read_run_json(file); });
  return 0;
}
