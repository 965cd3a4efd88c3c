// Contents of data files: IDX and gzip.
#pragma once
#include <zlib.h>

#include <cstdint>
#include <string>
#include <vector>

namespace support {

/// An IDX file of bytes with these sizes; the bytes count up from 0 and start again at `below`.
inline std::string idx(const std::vector<std::uint32_t>& sizes, std::uint32_t below = 256) {
  std::string bytes = {0, 0, 8, static_cast<char>(sizes.size())};
  std::size_t n = 1;
  for (const std::uint32_t size : sizes) {
    n *= size;
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(size >> shift & 255);
  }
  for (std::size_t i = 0; i < n; ++i) bytes += static_cast<char>(i % below);
  return bytes;
}

inline std::string gzipped(const std::string& plain) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, plain.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace support
