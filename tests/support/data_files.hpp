// Data files, whole and damaged: IDX, gzip, csv.
#pragma once
#include <zlib.h>

#include <cstdint>
#include <string>
#include <vector>

namespace support {

/// An IDX file of bytes with these sizes; the bytes count up.
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

/// Eight by eight pixels between 0 and 1: a bright square whose place says which digit it is, on grey noise.
inline std::string csv_of_small_digits(std::size_t rows, std::uint32_t seed) {
  std::string text = "label";
  for (int p = 0; p < 64; ++p) text += ",p" + std::to_string(p);
  text += "\n";
  std::uint32_t state = seed;
  const auto next = [&] { return state = state * 1664525u + 1013904223u, state >> 16; };  // reproducible anywhere
  for (std::size_t r = 0; r < rows; ++r) {
    const std::uint32_t digit = r < 10 ? static_cast<std::uint32_t>(r) : next() % 10;
    text += std::to_string(digit);
    for (std::uint32_t p = 0; p < 64; ++p) {
      const bool lit = p / 6 == digit || p % 11 == digit;
      const std::uint32_t value = lit ? 600 + next() % 400 : next() % 300;
      text += ",0." + std::string(value < 100 ? value < 10 ? "00" : "0" : "") + std::to_string(value);
    }
    text += "\n";
  }
  return text;
}

}  // namespace support
