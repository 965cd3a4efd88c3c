#include "results/predictions_h5.hpp"

#include "results/file_in_memory.hpp"
#include "results/run_folder.hpp"

namespace pipeline::results {

using hdf5::Handle;

void write_predictions(const std::filesystem::path& target, const Predictions& predictions) {
  hdf5::FileInMemory file;
  file.dataset("/labels", predictions.labels);
  for (const auto& [model, classes] : predictions.by_model) file.dataset("/predicted/" + model, classes);
  write_file(target, file.bytes());
}

Predictions read_predictions(const std::filesystem::path& path) {
  Predictions out;
  if (!std::filesystem::exists(path)) return out;
  const hdf5::Silence silence;
  const Handle file = hdf5::open_to_read(path.string());
  const auto read = [&](const std::string& name) {
    const Handle set(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose, path.string() + ": read " + name);
    const std::vector<hsize_t> size = hdf5::size_of(set);
    std::vector<std::uint16_t> classes(size.size() == 1 ? size.front() : 0);
    if (H5Dread(set, H5T_NATIVE_UINT16, H5S_ALL, H5S_ALL, H5P_DEFAULT, classes.data()) < 0)
      throw std::runtime_error(path.string() + ": " + name + " cannot be read");
    return classes;
  };
  out.labels = read("/labels");
  for (const std::string& model : hdf5::names_in(file, "/predicted")) out.by_model[model] = read("/predicted/" + model);
  return out;
}

}  // namespace pipeline::results
