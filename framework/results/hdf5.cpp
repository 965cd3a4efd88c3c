#include "results/hdf5.hpp"

namespace pipeline::results::hdf5 {

namespace {
// At exit, HDF5 would close files again that it could not close on a full disk, and crash. It must be told before its
// first use, hence before main().
[[maybe_unused]] const herr_t no_exit_handler = H5dont_atexit();
}  // namespace

Handle file_properties() {
  Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "make file properties");
#if H5_VERSION_GE(1, 10, 7)
  check(H5Pset_file_locking(access, false, true), "disable file locks");
#endif
  return access;
}

Handle link_properties() {
  Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose, "make link properties");
  check(H5Pset_create_intermediate_group(links, 1), "make groups");
  return links;
}

Handle dataset_properties() {
  Handle dataset(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "make dataset properties");
  check(H5Pset_obj_track_times(dataset, false), "make datasets without times");
  return dataset;
}

Handle open_to_read(const std::string& path) {
  const Silence silence;
  const Handle access = file_properties();
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, access);
  if (file < 0) throw std::runtime_error(path + ": is not an HDF5 file, or is incomplete");
  return {file, H5Fclose, ""};
}

bool exists(hid_t file, const std::string& path) {
  const Silence silence;
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    if (H5Lexists(file, path.substr(0, slash).c_str(), H5P_DEFAULT) <= 0) return false;
    if (slash == std::string::npos) return true;
  }
}

std::vector<std::string> names_in(hid_t file, const std::string& group) {
  std::vector<std::string> names;
  if (!exists(file, group)) return names;
  const Handle opened(H5Gopen2(file, group.c_str(), H5P_DEFAULT), H5Gclose, "open " + group);
  H5Literate(
      opened, H5_INDEX_NAME, H5_ITER_INC, nullptr,
      [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
        static_cast<std::vector<std::string>*>(out)->emplace_back(name);
        return 0;
      },
      &names);
  return names;
}

std::vector<hsize_t> size_of(hid_t dataset) {
  const Handle space(H5Dget_space(dataset), H5Sclose, "read the size of a dataset");
  std::vector<hsize_t> size(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
  H5Sget_simple_extent_dims(space, size.data(), nullptr);
  return size;
}

}  // namespace pipeline::results::hdf5
