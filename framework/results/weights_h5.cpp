#include "results/weights_h5.hpp"

#include "results/file_in_memory.hpp"
#include "results/run_folder.hpp"

namespace pipeline::results {

using hdf5::Handle;

std::string weights_group(const std::string& model) { return model == "control" ? "/control" : "/models/" + model; }

bool is_written(const learning::Kept& array) { return array.life != Life::step && !array.values.empty(); }

void write_weights(const std::filesystem::path& target, const std::vector<WeightsGroup>& groups) {
  hdf5::FileInMemory file;
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
