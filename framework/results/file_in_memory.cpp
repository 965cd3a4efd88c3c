#include "results/file_in_memory.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>

namespace pipeline::results::hdf5 {

namespace {

/// HDF5 refuses to open two files of one name in one process, even if both are in memory.
std::string unused_name() {
  static std::atomic<unsigned> counter = 0;
  return "in memory " + std::to_string(counter++);
}

hid_t in_memory() {
  constexpr std::size_t growth = 4 << 20;
  const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  if (access >= 0) check(H5Pset_fapl_core(access, growth, 0), "keep a file in memory");
  return access;
}

}  // namespace

FileInMemory::FileInMemory()
    : in_memory_(in_memory(), H5Pclose, "create a file in memory"),
      file_(H5Fcreate(unused_name().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, in_memory_), H5Fclose,
            "create a file in memory"),
      links_(link_properties()),
      properties_(dataset_properties()) {}

void FileInMemory::dataset(const std::string& path, const std::vector<hsize_t>& size, const float* data) {
  dataset(path, size, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, data);
}

void FileInMemory::dataset(const std::string& path, const std::vector<std::uint16_t>& data) {
  dataset(path, {data.size()}, H5T_STD_U16LE, H5T_NATIVE_UINT16, data.data());
}

void FileInMemory::dataset(const std::string& path, const std::vector<hsize_t>& size, hid_t stored, hid_t given,
                           const void* data) {
  const Handle space(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr), H5Sclose, "make " + path);
  const Handle set(H5Dcreate2(file_, path.c_str(), stored, space, links_, properties_, H5P_DEFAULT), H5Dclose,
                   "make " + path);
  check(H5Dwrite(set, given, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), "write " + path);
}

void FileInMemory::attribute(const std::string& group, const std::string& name, const std::string& text) {
  constexpr std::size_t longest = 60'000;  // HDF5's first file format, which every reader knows, has no room for more
  if (text.size() > longest) return;
  const std::string what = "write " + group + ", " + name;
  const Handle type(H5Tcopy(H5T_C_S1), H5Tclose, what), scalar(H5Screate(H5S_SCALAR), H5Sclose, what);
  check(H5Tset_size(type, text.size() + 1), what);
  const Handle of(H5Gopen2(file_, group.c_str(), H5P_DEFAULT), H5Gclose, what);
  const Handle set(H5Acreate2(of, name.c_str(), type, scalar, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, what);
  check(H5Awrite(set, type, text.c_str()), what);
}

std::string FileInMemory::bytes() {
  check(H5Fflush(file_, H5F_SCOPE_GLOBAL), "write a file in memory");
  const ssize_t size = H5Fget_file_image(file_, nullptr, 0);
  std::string image(static_cast<std::size_t>(std::max<ssize_t>(size, 0)), '\0');
  if (size <= 0 || H5Fget_file_image(file_, image.data(), image.size()) != size)
    throw std::runtime_error("HDF5 cannot read a file in memory");
  return image;
}

}  // namespace pipeline::results::hdf5
