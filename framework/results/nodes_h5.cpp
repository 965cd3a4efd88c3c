#include "results/nodes_h5.hpp"

#include <algorithm>
#include <functional>

#include "base/atomic_file.hpp"
#include "base/utf8.hpp"
#include "measuring/evaluation.hpp"
#include "results/run_folder.hpp"

namespace pipeline::results {
namespace fs = std::filesystem;

using hdf5::check;
using hdf5::Handle;

namespace {

/// Armadillo's transpose refers to the first number, which an empty matrix does not have.
arma::mat transposed(const arma::mat& m) { return m.is_empty() ? arma::mat(m.n_cols, m.n_rows) : arma::mat(m.t()); }

// HDF5's first file format, which every reader knows, allows attributes of less than 64 KB.
constexpr std::size_t kLongestAttribute = 8'000, kMostNames = 4'000;  // 8 bytes a step, 16 a name
// Numbers per chunk: large enough that its bookkeeping is a small part of the file.
constexpr hsize_t kChunk = 8'192;

Handle access_properties() {
  Handle access = hdf5::file_properties();
  check(H5Pset_cache(access, 0, 0, 0, 0), "disable the chunk cache");  // each number is written once
  return access;
}

std::vector<hsize_t> with_first(hsize_t first, std::vector<hsize_t> shape) {
  shape.insert(shape.begin(), first);
  return shape;
}

/// A dataset that grows by measurements of this shape.
Handle make_growing(hid_t file, const std::string& path, const std::vector<hsize_t>& shape) {
  hsize_t numbers = 1;
  for (const hsize_t n : shape) numbers *= n;
  const std::vector<hsize_t> none = with_first(0, shape), most = with_first(H5S_UNLIMITED, shape);
  const Handle space(H5Screate_simple(static_cast<int>(none.size()), none.data(), most.data()), H5Sclose,
                     "make " + path);
  const Handle links = hdf5::link_properties(), properties = hdf5::dataset_properties();
  std::vector<hsize_t> chunk = with_first(std::clamp<hsize_t>(kChunk / std::max<hsize_t>(numbers, 1), 1, 64), shape);
  for (hsize_t& n : chunk) n = std::max<hsize_t>(n, 1);  // a matrix may be empty, a chunk may not
  check(H5Pset_chunk(properties, static_cast<int>(chunk.size()), chunk.data()), "make " + path);
  return {H5Dcreate2(file, path.c_str(), H5T_IEEE_F64LE, space, links, properties, H5P_DEFAULT), H5Dclose,
          "make " + path};
}

void append_to(hid_t dataset, const std::vector<hsize_t>& shape, hsize_t index, const arma::mat& row_by_row,
               const std::string& path) {
  const std::vector<hsize_t> size = with_first(index + 1, shape), count = with_first(1, shape);
  std::vector<hsize_t> from(size.size(), 0);
  from[0] = index;
  check(H5Dset_extent(dataset, size.data()), "write " + path);
  const Handle space(H5Dget_space(dataset), H5Sclose, "write " + path);
  check(H5Sselect_hyperslab(space, H5S_SELECT_SET, from.data(), nullptr, count.data(), nullptr), "write " + path);
  const Handle memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), H5Sclose,
                      "write " + path);
  check(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, row_by_row.memptr()), "write " + path);
}

/// The attribute class_names. Too many for an attribute are left out; run.json has them.
void write_class_names(hid_t dataset, const std::vector<std::string>& names) {
  const hsize_t count = names.size();
  if (count > kMostNames) return;
  std::vector<const char*> texts;
  texts.reserve(names.size());
  for (const std::string& name : names) texts.push_back(name.c_str());
  const Handle type(H5Tcopy(H5T_C_S1), H5Tclose, "write class names");
  check(H5Tset_size(type, H5T_VARIABLE), "write class names");
  check(H5Tset_cset(type, H5T_CSET_UTF8), "write class names");
  const Handle line(H5Screate_simple(1, &count, nullptr), H5Sclose, "write class names");
  const Handle attribute(H5Acreate2(dataset, "class_names", type, line, H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                         "write class names");
  check(H5Awrite(attribute, type, texts.data()), "write class names");
}

/// Measurement `index` of a dataset of this size, row by row.
arma::mat read_one(hid_t dataset, const std::vector<hsize_t>& size, hsize_t index, const std::string& path) {
  std::vector<hsize_t> from(size.size(), 0), count = size;
  from[0] = index, count[0] = 1;
  const Handle space(H5Dget_space(dataset), H5Sclose, "read " + path);
  check(H5Sselect_hyperslab(space, H5S_SELECT_SET, from.data(), nullptr, count.data(), nullptr), "read " + path);
  const Handle memory(H5Screate_simple(static_cast<int>(count.size()), count.data(), nullptr), H5Sclose,
                      "read " + path);
  arma::mat row_by_row(size.size() == 3 ? size[2] : 1, size[1]);
  check(H5Dread(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, row_by_row.memptr()), "read " + path);
  return row_by_row;
}

void add_to(base::Sha256& sum, std::int64_t step, const arma::mat& row_by_row) {
  sum.add(&step, sizeof step);
  sum.add(row_by_row.memptr(), row_by_row.n_elem * sizeof(double));
}

using SeesMeasurement = std::function<void(const std::string& path, const std::vector<hsize_t>& shape,
                                           std::int64_t step, const arma::mat&)>;

/// Calls `see` with each of these measurements of a published file. Throws std::runtime_error if they are not there, or
/// others than they were.
void for_each_measurement(const fs::path& target, const NodesWriter::Ends& ends, const SeesMeasurement& see) {
  const Handle file = hdf5::open_to_read(target.string());
  for (const auto& [path, end] : ends) {
    const auto differs = [&, &of = path](const std::string& why) {
      return std::runtime_error(target.string() + ": " + base::quoted(of) + " " + why);
    };
    if (!hdf5::exists(file, path)) throw differs("is missing");
    const std::vector<std::uint64_t> steps = read_node_steps(target, path);
    const Handle set(H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose, "open " + path);
    std::vector<hsize_t> size = hdf5::size_of(set);
    if (size.size() != 2 && size.size() != 3) throw differs("is not a stack of vectors or matrices");
    if (size[0] < end.count || steps.size() < end.count)
      throw differs("has fewer than " + std::to_string(end.count) + " measurements");
    base::Sha256 sum;
    for (std::size_t i = 0; i < end.count; ++i) {
      const arma::mat row_by_row = read_one(set, size, i, path);
      const auto step = static_cast<std::int64_t>(steps[i]);
      add_to(sum, step, row_by_row);
      see(path, {size.begin() + 1, size.end()}, step, row_by_row);
    }
    if (sum.hex() != end.sha256) throw differs("has other values than were written");
  }
}

/// Frees its room even if HDF5 could not close it.
void remove_file(const fs::path& file) {
  std::error_code ignored;
  fs::resize_file(file, 0, ignored);
  fs::remove(file, ignored);
}

}  // namespace

NodesWriter::NodesWriter(fs::path target, std::vector<std::string> class_names)
    : target_(std::move(target)), part_(target_.string() + ".part"), class_names_(std::move(class_names)) {}

NodesWriter::~NodesWriter() { discard(); }

void NodesWriter::discard() {
  if (!created_) return;
  const hdf5::Silence silence;
  stacks_.clear();
  file_ = Handle();
  remove_file(part_);
  created_ = false;
}

void NodesWriter::open() {
  if (file_.is_open()) return;
  const Handle access = access_properties();
  created_ = true;
  file_ = Handle(H5Fcreate(part_.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, access), H5Fclose, "create " + part_.string());
}

NodesWriter::Ends NodesWriter::ends() const {
  Ends out;
  for (const auto& [path, s] : stacks_) out[path] = {s.steps.size(), s.sum.hex_so_far()};
  return out;
}

void NodesWriter::continue_from(const Ends& ends) {
  remove_file(part_);
  if (ends.empty()) return remove_file(target_);  // published after the state that the run goes back to
  const hdf5::Silence silence;
  try {
    copy_first(ends);
  } catch (const std::exception& e) {
    discard();
    cannot_write(e);
  }
}

/// The copy is made of what was read, not by H5Ocopy, which crashes on some damaged files.
void NodesWriter::copy_first(const Ends& ends) {
  open();
  for_each_measurement(target_, ends,
                       [&](const std::string& path, const std::vector<hsize_t>& shape, std::int64_t step,
                           const arma::mat& row_by_row) { append(stack(path, shape), step, row_by_row, path); });
}

void NodesWriter::append(Stack& s, std::int64_t step, const arma::mat& row_by_row, const std::string& path) {
  append_to(s.dataset, s.shape, s.steps.size(), row_by_row, path);
  s.steps.push_back(step);
  add_to(s.sum, step, row_by_row);
}

NodesWriter::Stack& NodesWriter::stack(const std::string& path, const std::vector<hsize_t>& shape) {
  Stack& s = stacks_[path];
  if (s.dataset.is_open()) return s;
  s.shape = shape;
  s.dataset = make_growing(file_, path, s.shape);
  const bool of_classes = s.shape == std::vector<hsize_t>(2, class_names_.size());
  if (of_classes && !class_names_.empty()) write_class_names(s.dataset, class_names_);
  return s;
}

void NodesWriter::cannot_write(const std::exception& why) const {
  throw std::runtime_error("cannot write " + target_.string() + ": " + why.what() +
                           "\n  is there room? --out DIR names another place for the results");
}

void NodesWriter::add(const std::string& model, std::uint64_t step, const std::vector<measuring::Sheet>& sheets) {
  if (sheets.empty()) return;
  const hdf5::Silence silence;
  for (const measuring::Sheet& sheet : sheets) try {
      const std::string path = "/" + model + "/" + sheet.section + "/" + sheet.name;
      open();
      const std::vector<hsize_t> shape = sheet.is_vector
                                             ? std::vector<hsize_t>{sheet.values.n_rows}
                                             : std::vector<hsize_t>{sheet.values.n_rows, sheet.values.n_cols};
      Stack& s = stack(path, shape);
      if (shape != s.shape)
        throw measuring::MetricFailure("[metric:" + sheet.section + "], model " + model + ", step " +
                                       std::to_string(step) + ": returned " + base::quoted(sheet.name) +
                                       " with another shape than at its first measurement");
      append(s, static_cast<std::int64_t>(step), transposed(sheet.values), path);
    } catch (const measuring::MetricFailure&) {
      throw;
    } catch (const std::exception& e) {
      discard();
      cannot_write(e);
    }
}

void NodesWriter::write_steps(hid_t file, const std::map<std::string, Stack>& stacks) {
  for (const auto& [path, s] : stacks) {
    const hsize_t count = s.steps.size();
    const Handle line(H5Screate_simple(1, &count, nullptr), H5Sclose, "write steps");
    if (count > kLongestAttribute) {
      const Handle links = hdf5::link_properties(), properties = hdf5::dataset_properties();
      const Handle steps(
          H5Dcreate2(file, (path + ".steps").c_str(), H5T_STD_I64LE, line, links, properties, H5P_DEFAULT), H5Dclose,
          "write steps");
      check(H5Dwrite(steps, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, s.steps.data()), "write steps");
      continue;
    }
    const Handle dataset(H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose, "open " + path);
    const Handle steps(H5Acreate2(dataset, "steps", H5T_STD_I64LE, line, H5P_DEFAULT, H5P_DEFAULT), H5Aclose,
                       "write steps");
    check(H5Awrite(steps, H5T_NATIVE_INT64, s.steps.data()), "write steps");
  }
}

void NodesWriter::publish() {
  if (!file_.is_open()) return;
  const hdf5::Silence silence;
  const fs::path copy = target_.string() + ".copy.part";
  try {
    check(H5Fflush(file_, H5F_SCOPE_GLOBAL), "write " + part_.string());
    fs::copy_file(part_, copy, fs::copy_options::overwrite_existing);
    {
      const Handle access = access_properties();
      Handle file(H5Fopen(copy.c_str(), H5F_ACC_RDWR, access), H5Fclose, "open " + copy.string());
      write_steps(file, stacks_);
      file.close("write " + copy.string());
    }
    base::commit_file(copy, target_);
  } catch (const std::exception& e) {
    remove_file(copy);
    cannot_write(e);
  }
}

void NodesWriter::finish() {
  if (!file_.is_open()) return;
  const hdf5::Silence silence;
  try {
    write_steps(file_, stacks_);
    stacks_.clear();
    file_.close("write " + part_.string());
    base::commit_file(part_, target_);
    created_ = false;
  } catch (const std::exception& e) {
    discard();
    cannot_write(e);
  }
}

void expect_nodes(const fs::path& file, const NodesWriter::Ends& ends) {
  if (ends.empty()) return;
  const hdf5::Silence silence;
  for_each_measurement(file, ends, [](const auto&...) {});
}

std::vector<std::uint64_t> read_node_steps(const fs::path& path, const std::string& dataset) {
  std::vector<std::uint64_t> steps;
  if (!fs::exists(path)) return steps;
  const hdf5::Silence silence;
  const Handle file = hdf5::open_to_read(path.string());
  if (!hdf5::exists(file, dataset)) return steps;
  const auto cannot_read = [&] {
    return std::runtime_error(path.string() + ": the steps of " + dataset + " cannot be read");
  };
  if (hdf5::exists(file, dataset + ".steps")) {
    const Handle beside(H5Dopen2(file, (dataset + ".steps").c_str(), H5P_DEFAULT), H5Dclose, "open " + dataset);
    const std::vector<hsize_t> size = hdf5::size_of(beside);
    if (size.size() != 1) throw cannot_read();
    steps.resize(size[0]);
    if (H5Dread(beside, H5T_NATIVE_UINT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, steps.data()) < 0) throw cannot_read();
    return steps;
  }
  const Handle set(H5Dopen2(file, dataset.c_str(), H5P_DEFAULT), H5Dclose, "open " + dataset);
  if (H5Aexists(set, "steps") <= 0) throw cannot_read();
  const Handle attribute(H5Aopen(set, "steps", H5P_DEFAULT), H5Aclose, "open the steps of " + dataset);
  const Handle space(H5Aget_space(attribute), H5Sclose, "open the steps of " + dataset);
  steps.resize(static_cast<std::size_t>(std::max<hssize_t>(H5Sget_simple_extent_npoints(space), 0)));
  if (H5Aread(attribute, H5T_NATIVE_UINT64, steps.data()) < 0) throw cannot_read();
  return steps;
}

arma::mat read_nodes(const fs::path& path, const std::string& dataset, std::size_t index) {
  const hdf5::Silence silence;
  const Handle file = hdf5::open_to_read(path.string());
  const auto cannot_read = [&](const std::string& why) {
    return std::runtime_error(path.string() + ": " + dataset + " " + why);
  };
  if (!hdf5::exists(file, dataset)) throw cannot_read("does not exist");
  const Handle set(H5Dopen2(file, dataset.c_str(), H5P_DEFAULT), H5Dclose, "open " + dataset);
  std::vector<hsize_t> size = hdf5::size_of(set);
  if (size.size() != 2 && size.size() != 3) throw cannot_read("is not a stack of vectors or matrices");
  if (index >= size[0]) throw cannot_read("has only " + std::to_string(size[0]) + " measurements");
  return transposed(read_one(set, size, index, dataset));
}

}  // namespace pipeline::results
