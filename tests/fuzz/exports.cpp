// The list of plugins in a shared library, read before any of its code runs. The input is the library.
#include "plugins/exports.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pipeline::plugins;
  static const fuzz::Folder folder;
  const auto file = folder.write("x.so", fuzz::text_of(data, size));
  fuzz::may_throw<NotALibrary>([&] { fuzz::may_throw<DamagedLibrary>([&] { exported_names(file, "pipeline_"); }); });
  return 0;
}
