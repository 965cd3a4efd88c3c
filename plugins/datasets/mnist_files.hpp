// Shared by the MNIST family: four gzipped IDX files with the same names and sizes.
#pragma once
#include "idx_reader.hpp"

namespace pipeline::datasets {

inline constexpr const char* mnist_names[] = {"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz",
                                              "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"};

inline DataShape mnist_shape() { return {784, 10, 60000, 10000, {28, 28, 1}}; }

/// The four files; `sha256` is in the order of mnist_names.
inline std::vector<DataFile> mnist_files(const std::vector<std::string>& sha256,
                                         const std::vector<std::string>& mirrors) {
  std::vector<DataFile> files;
  for (std::size_t i = 0; i < 4; ++i) files.push_back({mnist_names[i], sha256.at(i), mirrors});
  return files;
}

/// Unpacked files have no pinned hash, so the shape promised by mnist_shape() is checked here.
inline Data read_mnist(const DataAccess& access) {
  const IdxPaths paths{access.file(mnist_names[0]), access.file(mnist_names[1]), access.file(mnist_names[2]),
                       access.file(mnist_names[3])};
  const DataShape expected = mnist_shape();
  Data data = read_idx(paths, expected.classes, access);
  for (const bool train : {true, false}) {
    const std::size_t found = (train ? data.train : data.test).size(), wanted = train ? expected.train : expected.test;
    if (found != wanted || data.image != expected.image)
      throw std::runtime_error((train ? paths.train_images : paths.test_images).string() + ": expected " +
                               std::to_string(wanted) + " images of 28 x 28, found " + std::to_string(found) + " of " +
                               std::to_string(data.image.height) + " x " + std::to_string(data.image.width));
  }
  return data;
}

}  // namespace pipeline::datasets
