#include "study/hdf5.hpp"

#include <hdf5.h>

#include <algorithm>
#include <stdexcept>

#include "study/evaluation.hpp"
#include "study/files.hpp"

namespace pipeline::study {

namespace {

/// An HDF5 handle that closes itself; a failed call becomes an exception naming what failed.
class Handle {
 public:
  Handle(hid_t id, herr_t (*close)(hid_t), const std::string& what) : id_(id), close_(close) {
    if (id < 0) throw std::runtime_error("HDF5 cannot make " + what);
  }
  ~Handle() { close_(id_); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  operator hid_t() const { return id_; }

 private:
  hid_t id_;
  herr_t (*close_)(hid_t);
};

void check(herr_t status, const std::string& what) {
  if (status < 0) throw std::runtime_error("HDF5 cannot write " + what);
}

/// The library prints its errors unless told otherwise; the framework never prints.
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

// HDF5's first format, which every reader knows, holds no attribute of 64 KB.
constexpr std::size_t kLongestAttribute = 8'000;

/// A file that is put together in memory and written in one piece: the library itself never meets a full
/// disk, which it survives badly (it tries again when the program ends).
class File {
 public:
  File()
      : in_memory_(in_memory(), H5Pclose, "a file in memory"),
        file_(H5Fcreate("in memory", H5F_ACC_TRUNC, H5P_DEFAULT, in_memory_), H5Fclose, "a file in memory"),
        links_(H5Pcreate(H5P_LINK_CREATE), H5Pclose, "link properties"),
        timeless_(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "dataset properties") {
    check(H5Pset_create_intermediate_group(links_, 1), "groups");
    check(H5Pset_obj_track_times(timeless_, false), "datasets without a time");  // the same numbers, the same bytes
  }

  void dataset(const std::string& path, const std::vector<hsize_t>& size, hid_t stored, hid_t given, const void* data,
               const std::vector<std::int64_t>* steps = nullptr) {
    const Handle space(H5Screate_simple(static_cast<int>(size.size()), size.data(), nullptr), H5Sclose, path);
    const Handle set(H5Dcreate2(file_, path.c_str(), stored, space, links_, timeless_, H5P_DEFAULT), H5Dclose, path);
    check(H5Dwrite(set, given, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), path);
    if (!steps) return;
    const hsize_t count = steps->size();
    if (count > kLongestAttribute)
      return dataset(path + ".steps", {count}, H5T_STD_I64LE, H5T_NATIVE_INT64, steps->data());
    const Handle line(H5Screate_simple(1, &count, nullptr), H5Sclose, "steps");
    const Handle attribute(H5Acreate2(set, "steps", H5T_STD_I64LE, line, H5P_DEFAULT, H5P_DEFAULT), H5Aclose, "steps");
    check(H5Awrite(attribute, H5T_NATIVE_INT64, steps->data()), "steps");
  }

  std::string bytes() {
    check(H5Fflush(file_, H5F_SCOPE_GLOBAL), "a file in memory");
    const ssize_t size = H5Fget_file_image(file_, nullptr, 0);
    std::string image(static_cast<std::size_t>(std::max<ssize_t>(size, 0)), '\0');
    if (size <= 0 || H5Fget_file_image(file_, image.data(), image.size()) != size)
      throw std::runtime_error("HDF5 cannot give a file in memory");
    return image;
  }

 private:
  static hid_t in_memory() {
    constexpr std::size_t growth = 4 << 20;
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (access >= 0) check(H5Pset_fapl_core(access, growth, 0), "in memory");
    return access;
  }

  Silence silence_;
  Handle in_memory_, file_, links_, timeless_;
};

}  // namespace

void write_weights(const std::filesystem::path& target, const std::vector<WeightsGroup>& groups) {
  File file;
  // Column by column [rows x columns] is row by row (columns x rows): the same bytes.
  const auto write = [&](const std::string& path, const arma::fmat& m, bool is_vector) {
    const std::vector<hsize_t> size =
        is_vector ? std::vector<hsize_t>{m.n_elem} : std::vector<hsize_t>{m.n_cols, m.n_rows};
    file.dataset(path, size, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, m.memptr());
  };
  for (const auto& [group, network, states] : groups) {
    for (std::size_t l = 1; l <= network->depth(); ++l) {
      const Layer& layer = network->layer(l);
      write(group + "/W" + std::to_string(l), layer.W, false);
      if (!layer.b.is_empty()) write(group + "/b" + std::to_string(l), layer.b, true);
    }
    if (!states) continue;
    for (const auto& [name, kept] : states->trained())
      for (const auto& [layer, values] : kept->values)
        write(group + "/" + name + std::to_string(layer), values, values.n_cols == 1);
  }
  write_text(target, file.bytes());
}

void NodesFile::add(const std::string& model, std::uint64_t step, const std::vector<Sheet>& sheets) {
  for (const Sheet& sheet : sheets) {
    Stack& stack = stacks_["/" + model + "/" + sheet.section + "/" + sheet.name];
    if (stack.values.empty())
      stack.is_vector = sheet.is_vector;
    else if (arma::size(stack.values.front()) != arma::size(sheet.values))
      throw MetricFailure("[metric:" + sheet.section + "], model " + model + ", step " + std::to_string(step) +
                          ": gave '" + sheet.name + "' another shape than at its first measurement");
    stack.steps.push_back(static_cast<std::int64_t>(step));
    stack.values.push_back(sheet.values);
  }
}

void NodesFile::write(const std::filesystem::path& target) const {
  File file;
  for (const auto& [path, stack] : stacks_) {
    const arma::mat& first = stack.values.front();
    std::vector<hsize_t> size = {stack.steps.size(), first.n_rows};
    if (!stack.is_vector) size.push_back(first.n_cols);
    std::vector<double> values;  // measurement by measurement, each row by row
    values.reserve(stack.steps.size() * first.n_elem);
    for (const arma::mat& sheet : stack.values)
      for (arma::uword r = 0; r < sheet.n_rows; ++r)
        for (arma::uword c = 0; c < sheet.n_cols; ++c) values.push_back(sheet(r, c));
    file.dataset(path, size, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.data(), &stack.steps);
  }
  write_text(target, file.bytes());
}

}  // namespace pipeline::study
