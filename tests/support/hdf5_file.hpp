// The contents of an HDF5 file, with names and shapes as h5py shows them.
#pragma once
#include <hdf5.h>

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace support {

struct Stored {
  std::vector<hsize_t> size;  // h5py's shape
  std::size_t bytes = 0;      // per number
  bool is_float = false;
  std::vector<double> values;       // row by row
  std::vector<std::int64_t> steps;  // attributes; empty if missing
  std::vector<std::string> class_names;
};

/// Every dataset of a file by its path.
inline std::map<std::string, Stored> read_hdf5(const std::filesystem::path& path) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  if (file < 0) throw std::runtime_error(path.string() + " is not an HDF5 file");
  std::vector<std::string> names;
  H5Ovisit(
      file, H5_INDEX_NAME, H5_ITER_NATIVE,
      [](hid_t, const char* name, const H5O_info_t* info, void* out) -> herr_t {
        if (info->type == H5O_TYPE_DATASET) static_cast<std::vector<std::string>*>(out)->push_back(name);
        return 0;
      },
      &names);
  std::map<std::string, Stored> all;
  for (const std::string& name : names) {
    Stored& s = all["/" + name];
    const hid_t set = H5Dopen2(file, name.c_str(), H5P_DEFAULT), space = H5Dget_space(set), type = H5Dget_type(set);
    s.size.resize(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
    H5Sget_simple_extent_dims(space, s.size.data(), nullptr);
    s.bytes = H5Tget_size(type);
    s.is_float = H5Tget_class(type) == H5T_FLOAT;
    s.values.resize(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
    H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, s.values.data());
    if (H5Aexists(set, "steps") > 0) {
      const hid_t attribute = H5Aopen(set, "steps", H5P_DEFAULT), line = H5Aget_space(attribute);
      s.steps.resize(static_cast<std::size_t>(H5Sget_simple_extent_npoints(line)));
      H5Aread(attribute, H5T_NATIVE_INT64, s.steps.data());
      H5Sclose(line), H5Aclose(attribute);
    }
    if (H5Aexists(set, "class_names") > 0) {
      const hid_t attribute = H5Aopen(set, "class_names", H5P_DEFAULT), line = H5Aget_space(attribute),
                  text = H5Aget_type(attribute);
      std::vector<char*> names_read(static_cast<std::size_t>(H5Sget_simple_extent_npoints(line)));
      H5Aread(attribute, text, names_read.data());
      s.class_names.assign(names_read.begin(), names_read.end());
      H5Dvlen_reclaim(text, line, H5P_DEFAULT, names_read.data());
      H5Tclose(text), H5Sclose(line), H5Aclose(attribute);
    }
    H5Tclose(type), H5Sclose(space), H5Dclose(set);
  }
  H5Fclose(file);
  return all;
}

}  // namespace support
