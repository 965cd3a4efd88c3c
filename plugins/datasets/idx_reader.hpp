// Reads IDX, the format of MNIST: two zero bytes, the element type, the number n of dimensions; then n sizes of 4
// bytes, big-endian; then the elements, the last dimension varying fastest. Plain or gzipped. Only unsigned bytes (type
// 0x08) are supported.
//
// Every error names the file, what was expected and what was found.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <ranges>
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
    file_.must_allow(static_cast<double>(elements()));
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

/// [features x samples], one column per image, row by row.
inline arma::Mat<std::uint8_t> read_pixels(IdxFile& file) {
  arma::Mat<std::uint8_t> pixels(file.elements() / file.sizes[0], file.sizes[0], arma::fill::none);
  file.read(pixels.memptr());
  return pixels;
}

inline std::vector<std::uint8_t> read_labels(IdxFile& file) {
  std::vector<std::uint8_t> labels(file.elements());
  file.read(labels.data());
  return labels;
}

/// The classes of labels: with `count` given, each label from 0 to count - 1 is its own class; otherwise the labels that
/// occur in the training set are, numbered in order.
class IdxClasses {
 public:
  IdxClasses(std::size_t count, const std::vector<std::uint8_t>& training) : given_(count > 0) {
    std::array<bool, 256> occurs{};
    if (given_)
      std::fill_n(occurs.begin(), count, true);
    else
      for (const std::uint8_t label : training) occurs[label] = true;
    for (std::size_t label = 0; label < occurs.size(); ++label) {
      if (!occurs[label]) continue;
      class_of_[label] = static_cast<std::uint16_t>(labels_.size());
      labels_.push_back(label);
    }
  }

  std::size_t count() const { return labels_.size(); }

  /// The classes of the labels of a file; one that is no class is refused.
  std::vector<std::uint16_t> of(const std::vector<std::uint8_t>& labels, const IdxFile& file) const {
    std::vector<std::uint16_t> classes;
    classes.reserve(labels.size());
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (!class_of_[labels[i]])
        file.fail("label " + std::to_string(labels[i]) + " of sample " + std::to_string(i + 1) +
                  (given_ ? " is out of range: there are " + std::to_string(count()) + " classes, 0 to " +
                                std::to_string(count() - 1)
                          : " does not occur in the training set, which has the labels " + text() +
                                "; to count it as a class, set classes"));
      classes.push_back(*class_of_[labels[i]]);
    }
    return classes;
  }

  /// What the labels were; none if they are their own numbers.
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    if (labels_.back() + 1 == labels_.size()) return names;
    for (const std::size_t label : labels_) names.push_back(std::to_string(label));
    return names;
  }

 private:
  /// "1 to 26", "3, 5 to 8"
  std::string text() const {
    std::string out;
    for (std::size_t i = 0, last; i < labels_.size(); i = last + 1) {
      for (last = i; last + 1 < labels_.size() && labels_[last + 1] == labels_[last] + 1;) ++last;
      out += (out.empty() ? "" : ", ") + std::to_string(labels_[i]);
      if (last > i) out += " to " + std::to_string(labels_[last]);
    }
    return out;
  }

  bool given_;
  std::array<std::optional<std::uint16_t>, 256> class_of_{};
  std::vector<std::size_t> labels_;
};

/// Training and test set in four files, opened and checked against each other; nothing but their sizes is read yet.
class IdxFiles {
 public:
  explicit IdxFiles(const IdxPaths& paths)
      : train_images(paths.train_images, 2, 3),
        test_images(paths.test_images, 2, 3),
        train_labels(paths.train_labels, 1, 1),
        test_labels(paths.test_labels, 1, 1) {
    for (const bool train : {true, false}) {
      const IdxFile &images = train ? train_images : test_images, &labels = train ? train_labels : test_labels;
      must_agree(images.sizes[0] == labels.sizes[0], train ? paths.train_images : paths.test_images,
                 std::to_string(images.sizes[0]) + " images", train ? paths.train_labels : paths.test_labels,
                 std::to_string(labels.sizes[0]) + " labels");
    }
    must_agree(std::ranges::equal(train_images.sizes | std::views::drop(1), test_images.sizes | std::views::drop(1)),
               paths.train_images, sample(train_images), paths.test_images, sample(test_images));
  }

  ImageShape image() const {
    const auto& sizes = train_images.sizes;
    return sizes.size() == 3 ? ImageShape{sizes[1], sizes[2], 1} : ImageShape{};
  }
  DataShape shape(std::size_t classes) const {
    return {train_images.elements() / train_images.sizes[0], classes, train_images.sizes[0], test_images.sizes[0],
            image()};
  }

  IdxFile train_images, test_images, train_labels, test_labels;

 private:
  static void must_agree(bool ok, const std::filesystem::path& one, const std::string& what,
                         const std::filesystem::path& other, const std::string& what_else) {
    if (!ok)
      throw std::runtime_error(one.string() + " has " + what + ", but " + other.string() + " has " + what_else +
                               ": the two files do not belong together");
  }
  static std::string sample(const IdxFile& images) {
    const auto& sizes = images.sizes;
    return sizes.size() == 3 ? "images of " + std::to_string(sizes[1]) + " x " + std::to_string(sizes[2])
                             : "samples of " + std::to_string(sizes[1]) + " features";
  }
};

/// `classes` as for IdxClasses.
inline Data read_idx(const IdxPaths& paths, std::size_t classes, const DataAccess& access) {
  IdxFiles files(paths);
  Data data;
  std::vector<std::uint8_t> train_labels, test_labels;
  access.parallel(4, [&](std::size_t i) {
    if (i == 0) data.train.bytes = read_pixels(files.train_images);
    if (i == 1) data.test.bytes = read_pixels(files.test_images);
    if (i == 2) train_labels = read_labels(files.train_labels);
    if (i == 3) test_labels = read_labels(files.test_labels);
  });
  const IdxClasses known(classes, train_labels);
  data.train.labels = known.of(train_labels, files.train_labels);
  data.test.labels = known.of(test_labels, files.test_labels);
  data.classes = known.count();
  data.class_names = known.names();
  data.image = files.image();
  return data;
}

}  // namespace pipeline::datasets
