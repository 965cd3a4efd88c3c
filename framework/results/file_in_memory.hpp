// An HDF5 file that is put together in memory and written in one piece, so that HDF5 never meets a full disk.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "results/hdf5.hpp"

namespace pipeline::results::hdf5 {

class FileInMemory {
 public:
  FileInMemory();
  void dataset(const std::string& path, const std::vector<hsize_t>& size, const float* data);
  void dataset(const std::string& path, const std::vector<std::uint16_t>& data);
  /// A text beside the datasets of a group that exists; left out if it is too long for HDF5's first file format.
  void attribute(const std::string& group, const std::string& name, const std::string& text);
  std::string bytes();

 private:
  void dataset(const std::string& path, const std::vector<hsize_t>& size, hid_t stored, hid_t given, const void* data);

  Silence silence_;
  Handle in_memory_, file_, links_, properties_;
};

}  // namespace pipeline::results::hdf5
