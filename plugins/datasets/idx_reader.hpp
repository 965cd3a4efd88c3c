// Reads IDX, the format of MNIST: two zero bytes, the element type, the number n of dimensions; then n sizes of 4
// bytes, big-endian; then the elements, the last dimension varying fastest. Plain or gzipped. Only unsigned bytes (type
// 0x08) are supported.
//
// Every error names the file, what was expected and what was found.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include <pipeline/dataset.hpp>

#include "gz_file.hpp"

namespace pipeline::datasets {

struct IdxPaths {
  std::filesystem::path train_images, train_labels, test_images, test_labels;
};

class IdxFile {
 public:
  /// Reads the sizes. Images have 2 dimensions (samples, features) or 3 (samples, rows, columns), labels have 1.
  IdxFile(const std::filesystem::path& path, std::size_t fewest, std::size_t most) : file_(path) {
    std::array<unsigned char, 4> magic{};
    if (file_.read(magic.data(), 4) < 4) file_.fail("is too short for an IDX file");
    if (magic[0] == '<') file_.fail("is a web page, not an IDX file (it begins with '<'): fetch the file again");
    if (magic[0] != 0 || magic[1] != 0)
      file_.fail("is not an IDX file: it begins with the bytes " + hex(magic[0]) + " " + hex(magic[1]) +
                 ", expected 00 00");
    if (magic[2] != 0x08)
      file_.fail("has elements of type 0x" + hex(magic[2]) + "; only unsigned bytes (0x08) are supported");
    if (magic[3] < fewest || magic[3] > most)
      file_.fail("has " + std::to_string(magic[3]) + (magic[3] == 1 ? " dimension" : " dimensions") + ", expected " +
                 (most == 1 ? "1, as labels have" : "2 or 3, as images have; were labels and images swapped?"));
    for (std::size_t d = 0; d < magic[3]; ++d) {
      std::array<unsigned char, 4> size{};
      if (file_.read(size.data(), 4) < 4) file_.fail("ends within its header");
      sizes.push_back(std::size_t{size[0]} << 24 | std::size_t{size[1]} << 16 | std::size_t{size[2]} << 8 | size[3]);
      if (sizes.back() == 0) file_.fail("is empty: its dimension " + std::to_string(d + 1) + " is 0");
    }
    // A damaged header must not lead to an allocation of terabytes.
    for (std::size_t d = 0, before = 1; d < sizes.size(); before *= sizes[d++])
      if (before > file_.most() / sizes[d]) file_.fail(too_short());
  }

  /// Reads all elements; the file must end after the last.
  void read(std::uint8_t* into) {
    const std::size_t wanted = elements();
    if (const std::size_t got = file_.read(into, wanted); got < wanted)
      file_.fail(too_short() + ", found " + std::to_string(got));
    char more;
    if (file_.read(&more, 1) > 0)
      file_.fail("continues after the " + std::to_string(wanted) + " bytes that its header declares");
  }

  std::size_t elements() const {
    std::size_t n = 1;
    for (std::size_t i = 0; i < sizes.size(); ++i) n *= sizes[i];
    return n;
  }

  [[noreturn]] void fail(const std::string& what) const { file_.fail(what); }

  std::vector<std::size_t> sizes;

 private:
  static std::string hex(unsigned byte) { return {"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]}; }
  std::string too_short() const {
    std::string text = "is too short: its header declares ";
    for (std::size_t i = 0; i < sizes.size(); ++i) text += (i ? " x " : "") + std::to_string(sizes[i]);
    return text + " bytes";
  }
  GzFile file_;
};

/// The image shape given by the sizes; all 0 for plain features.
inline ImageShape image_of(const std::vector<std::size_t>& sizes) {
  return sizes.size() == 3 ? ImageShape{sizes[1], sizes[2], 1} : ImageShape{};
}

/// [features x samples], one column per image, row by row.
inline arma::Mat<std::uint8_t> read_images(const std::filesystem::path& path, ImageShape* image = nullptr) {
  IdxFile file(path, 2, 3);
  arma::Mat<std::uint8_t> pixels(file.elements() / file.sizes[0], file.sizes[0], arma::fill::none);
  file.read(pixels.memptr());
  if (image) *image = image_of(file.sizes);
  return pixels;
}

/// Labels; each must be below `classes` unless that is 0.
inline std::vector<std::uint16_t> read_labels(const std::filesystem::path& path, std::size_t classes) {
  IdxFile file(path, 1, 1);
  std::vector<std::uint8_t> bytes(file.elements());
  file.read(bytes.data());
  for (std::size_t i = 0; i < bytes.size(); ++i)
    if (classes > 0 && bytes[i] >= classes)
      file.fail("label " + std::to_string(bytes[i]) + " of sample " + std::to_string(i + 1) +
                " is out of range: there are " + std::to_string(classes) + " classes, 0 to " +
                std::to_string(classes - 1));
  return {bytes.begin(), bytes.end()};
}

inline void must_agree(bool ok, const std::filesystem::path& one, const std::string& what,
                       const std::filesystem::path& other, const std::string& what_else) {
  if (!ok)
    throw std::runtime_error(one.string() + " has " + what + ", but " + other.string() + " has " + what_else +
                             ": the two files do not belong together");
}

/// Training and test set from four files, checked against each other. classes = 0: the largest label + 1.
inline Data read_idx(const IdxPaths& paths, std::size_t classes, const DataAccess& access) {
  Data data;
  ImageShape test_image;
  access.parallel(4, [&](std::size_t i) {
    if (i == 0) data.train.bytes = read_images(paths.train_images, &data.image);
    if (i == 1) data.test.bytes = read_images(paths.test_images, &test_image);
    if (i == 2) data.train.labels = read_labels(paths.train_labels, classes);
    if (i == 3) data.test.labels = read_labels(paths.test_labels, classes);
  });
  const auto counted = [](std::size_t n, const char* what) { return std::to_string(n) + " " + what; };
  for (const bool train : {true, false}) {
    const Samples& s = train ? data.train : data.test;
    must_agree(s.labels.size() == s.size(), train ? paths.train_images : paths.test_images, counted(s.size(), "images"),
               train ? paths.train_labels : paths.test_labels, counted(s.labels.size(), "labels"));
    for (const std::uint16_t label : s.labels) data.classes = std::max<std::size_t>(data.classes, label + 1u);
  }
  if (classes > 0) data.classes = classes;
  const auto sized = [](const ImageShape& image, std::size_t features) {
    return image.height ? "images of " + std::to_string(image.height) + " x " + std::to_string(image.width)
                        : "samples of " + std::to_string(features) + " features";
  };
  must_agree(data.image == test_image && data.train.features() == data.test.features(), paths.train_images,
             sized(data.image, data.train.features()), paths.test_images, sized(test_image, data.test.features()));
  return data;
}

}  // namespace pipeline::datasets
