// What the HDF5 files of a run share: handles that close themselves, and errors as exceptions.
#pragma once
#include <hdf5.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace pipeline::results::hdf5 {

/// An HDF5 identifier that closes itself.
class Handle {
 public:
  Handle() = default;
  /// Throws where the identifier is invalid: "HDF5 cannot open /l2/node_snr/1".
  Handle(hid_t id, herr_t (*closes)(hid_t), const std::string& cannot) : id_(id), close_(closes) {
    if (id < 0) throw std::runtime_error("HDF5 cannot " + cannot);
  }
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_), std::swap(close_, other.close_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0) close_(id_);
  }
  /// Closes it now. Throws std::runtime_error if that fails: what was written may not be on the disk.
  void close(const std::string& cannot) {
    if (id_ >= 0 && close_(std::exchange(id_, -1)) < 0) throw std::runtime_error("HDF5 cannot " + cannot);
  }
  operator hid_t() const { return id_; }
  bool is_open() const { return id_ >= 0; }

 private:
  hid_t id_ = -1;
  herr_t (*close_)(hid_t) = nullptr;
};

inline void check(herr_t status, const std::string& cannot) {
  if (status < 0) throw std::runtime_error("HDF5 cannot " + cannot);
}

/// During its lifetime, HDF5 prints no errors, as it would by default.
class Silence {
 public:
  Silence() {
    H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~Silence() { H5Eset_auto2(H5E_DEFAULT, print_, data_); }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  H5E_auto2_t print_ = nullptr;
  void* data_ = nullptr;
};

/// Properties of files: without HDF5's own locks, which some network disks do not support.
Handle file_properties();
/// Properties of links and datasets: groups are created as needed, and no times are stored, so the same numbers give
/// the same bytes.
Handle link_properties();
Handle dataset_properties();

/// Opens a file for reading. Throws std::runtime_error that names it.
Handle open_to_read(const std::string& path);
/// The names in a group; none if it does not exist.
std::vector<std::string> names_in(hid_t file, const std::string& group);
/// Whether every group of a path, and its last element, exist.
bool exists(hid_t file, const std::string& path);
/// The size of a dataset in each dimension.
std::vector<hsize_t> size_of(hid_t dataset);

}  // namespace pipeline::results::hdf5
