// A gzipped file. The input is the file; it is read in pieces, and as a table's text.
#include "../../plugins/datasets/csv_text.hpp"
#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pipeline::datasets;
  static const fuzz::Folder folder;
  const auto path = folder.write("x.gz", fuzz::text_of(data, size));
  fuzz::may_throw<std::runtime_error>([&] {
    GzFile file(path);
    std::vector<char> piece(5000);
    std::size_t all = 0, got;
    do all += got = file.read(piece.data(), piece.size());
    while (got == piece.size());
    if (all > file.most()) throw std::logic_error("more bytes than the most that can be read");
  });
  fuzz::may_throw<std::runtime_error>([&] { CsvText(path).most_rows(3); });
  return 0;
}
