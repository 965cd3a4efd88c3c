#include "results/weights_h5.hpp"

#include <algorithm>
#include <atomic>

#include "results/hdf5.hpp"
#include "results/run_folder.hpp"

namespace pipeline::results {

using hdf5::check;
using hdf5::Handle;

namespace {

/// A file that is put together in memory and written in one piece, so that HDF5 never meets a full disk.
class FileInMemory {
 public:
  FileInMemory()
      : in_memory_(in_memory(), H5Pclose, "create a file in memory"),
        file_(H5Fcreate(unused_name().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, in_memory_), H5Fclose,
              "create a file in memory"),
        links_(hdf5::link_properties()),
        properties_(hdf5::dataset_properties()) {}

  void dataset(const std::string& path, const std::vector<hsize_t>& size, const float* data) {
    const Handle space(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr), H5Sclose, "make " + path);
    const Handle set(H5Dcreate2(file_, path.c_str(), H5T_IEEE_F32LE, space, links_, properties_, H5P_DEFAULT), H5Dclose,
                     "make " + path);
    check(H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), "write " + path);
  }

  /// A text beside the datasets of a group that exists.
  void attribute(const std::string& group, const std::string& name, const std::string& text) {
    constexpr std::size_t longest = 60'000;  // HDF5's first file format, which every reader knows, has no room for more
    if (text.size() > longest) return;
    const std::string what = "write " + group + ", " + name;
    const Handle type(H5Tcopy(H5T_C_S1), H5Tclose, what), scalar(H5Screate(H5S_SCALAR), H5Sclose, what);
    check(H5Tset_size(type, text.size() + 1), what);
    const Handle of(H5Gopen2(file_, group.c_str(), H5P_DEFAULT), H5Gclose, what);
    const Handle set(H5Acreate2(of, name.c_str(), type, scalar, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, what);
    check(H5Awrite(set, type, text.c_str()), what);
  }

  std::string bytes() {
    check(H5Fflush(file_, H5F_SCOPE_GLOBAL), "write a file in memory");
    const ssize_t size = H5Fget_file_image(file_, nullptr, 0);
    std::string image(static_cast<std::size_t>(std::max<ssize_t>(size, 0)), '\0');
    if (size <= 0 || H5Fget_file_image(file_, image.data(), image.size()) != size)
      throw std::runtime_error("HDF5 cannot read a file in memory");
    return image;
  }

 private:
  /// HDF5 refuses to open two files of one name in one process, even if both are in memory.
  static std::string unused_name() {
    static std::atomic<unsigned> counter = 0;
    return "in memory " + std::to_string(counter++);
  }
  static hid_t in_memory() {
    constexpr std::size_t growth = 4 << 20;
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (access >= 0) check(H5Pset_fapl_core(access, growth, 0), "keep a file in memory");
    return access;
  }

  hdf5::Silence silence_;
  Handle in_memory_, file_, links_, properties_;
};

}  // namespace

std::string weights_group(const std::string& model) { return model == "control" ? "/control" : "/models/" + model; }

bool is_written(const learning::Kept& array) { return array.life != Life::step && !array.values.empty(); }

void write_weights(const std::filesystem::path& target, const std::vector<WeightsGroup>& groups) {
  FileInMemory file;
  // [rows x columns] column by column is (columns x rows) row by row: the same bytes.
  const auto write = [&](const std::string& path, const arma::fmat& m, bool is_vector) {
    const std::vector<hsize_t> size =
        is_vector ? std::vector<hsize_t>{m.n_elem} : std::vector<hsize_t>{m.n_cols, m.n_rows};
    file.dataset(path, size, m.memptr());
  };
  for (const auto& [group, network, states, attributes] : groups) {
    for (std::size_t l = 1; l <= network->depth(); ++l) {
      const Layer& layer = network->layer(l);
      write(group + "/W" + std::to_string(l), layer.W, false);
      if (!layer.b.is_empty()) write(group + "/b" + std::to_string(l), layer.b, true);
    }
    for (const auto& [name, text] : attributes) file.attribute(group, name, text);
    if (!states) continue;
    for (const auto& [name, array] : states->all()) {
      if (!is_written(array)) continue;
      for (const auto& [layer, values] : array.values)
        write(group + "/" + name + std::to_string(layer), values, values.n_cols == 1);
    }
  }
  write_file(target, file.bytes());
}

std::map<std::string, arma::fmat> read_weights(const std::filesystem::path& path, const std::string& group) {
  std::map<std::string, arma::fmat> out;
  if (!std::filesystem::exists(path)) return out;
  const hdf5::Silence silence;
  const Handle file = hdf5::open_to_read(path.string());
  for (const std::string& name : hdf5::names_in(file, group)) {
    const hid_t opened = H5Dopen2(file, (group + "/" + name).c_str(), H5P_DEFAULT);
    if (opened < 0) continue;  // a group inside the group: the weights that another set was measured with
    const Handle set(opened, H5Dclose, "");
    const std::vector<hsize_t> size = hdf5::size_of(set);
    if (size.empty() || size.size() > 2) continue;
    arma::fmat stored(size.back(), size.size() == 2 ? size.front() : 1);  // row by row in the file
    if (H5Dread(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, stored.memptr()) < 0)
      throw std::runtime_error(path.string() + ": " + group + "/" + name + " cannot be read");
    out[name] = size.size() == 2 ? arma::fmat(stored.t()) : stored;
  }
  return out;
}

}  // namespace pipeline::results
