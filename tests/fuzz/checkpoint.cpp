// A checkpoint. The input is the whole file, or, where it does not begin like one, the CBOR behind a right first line.
// What was read is written and read again.
#include "results/checkpoint.hpp"
#include "base/sha256.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pipeline;
  static const fuzz::Folder folder;
  std::string text(fuzz::text_of(data, size));
  if (!text.starts_with("pipeline checkpoint")) {
    base::Sha256 sum;
    sum.add(text);
    text.insert(0, "pipeline checkpoint 1 " + std::to_string(size) + " " + sum.hex() + "\n");
  }
  const auto file = folder.write("000001.checkpoint", text);
  std::optional<results::Checkpoint> read;
  fuzz::may_throw<std::runtime_error>([&] { read = results::read_checkpoint(file); });
  if (!read) return 0;
  results::step_of(read->tasks);
  results::Checkpoints again(folder.path() / "again");
  again.write(*read);
  results::read_checkpoint(again.files().at(0));
  return 0;
}
