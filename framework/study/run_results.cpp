#include <hdf5.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <pipeline/report.hpp>
#include <stdexcept>
#include <string_view>

namespace pipeline {

namespace {

namespace fs = std::filesystem;

std::string read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(file.string() + ": cannot be read; is this the folder of a run?");
  return {std::istreambuf_iterator<char>(in), {}};
}

Direction direction(const std::string& word) {
  if (word == "higher") return Direction::higher;
  if (word == "lower") return Direction::lower;
  if (word == "neither") return Direction::neither;
  throw std::runtime_error("better is '" + word + "', not higher, lower or neither");
}

void read_description(const fs::path& file, RunResults& run) try {
  const auto json = nlohmann::json::parse(read_text(file));
  json.at("pipeline").get_to(run.pipeline);
  json.at("steps").get_to(run.steps);
  json.at("models").get_to(run.models);
  for (const auto& m : json.at("metrics")) {
    MeasuredMetric metric{m.at("section"), m.at("plugin"), {}};
    metric.info.unit = m.value("unit", "");
    metric.info.better = direction(m.value("better", "neither"));
    metric.info.edge = m.value("edge", "");
    metric.info.on = m.value("on", "");
    metric.info.better_for = m.value("better_for", metric.info.better_for);
    run.metrics.push_back(std::move(metric));
  }
  run.failures = json.value("failures", run.failures);
  std::erase_if(run.failures,
                [&](const auto& f) { return std::ranges::find(run.models, f.first) == run.models.end(); });
} catch (const std::exception& e) {
  const std::string words = e.what(), place = file.string() + ": ";
  throw std::runtime_error(words.starts_with(place) ? words : place + words);
}

template <class T>
bool parse(std::string_view text, T& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

bool parse_row(std::string_view line, Row& row) {
  std::string_view field[5];
  for (std::size_t i = 0; i < 5; ++i) {
    const auto comma = line.find(',');
    if ((comma == line.npos) != (i == 4)) return false;
    field[i] = line.substr(0, comma);
    if (i < 4) line.remove_prefix(comma + 1);
  }
  row.model = field[1];
  row.metric = field[2];
  row.layer = 0;
  return parse(field[0], row.step) && (field[3].empty() || parse(field[3], row.layer)) && parse(field[4], row.value) &&
         !row.model.empty() && !row.metric.empty();
}

std::vector<Row> read_rows(const fs::path& file) {
  const std::string text = read_text(file);
  const auto complain = [&](std::size_t line, const std::string& words) {
    throw std::runtime_error(file.string() + ":" + std::to_string(line) + ": " + words);
  };
  std::vector<Row> rows;
  rows.reserve(text.size() / 32);  // a row takes 30 to 50 bytes
  std::string_view rest = text;
  // A line without an end was being written when the run was killed: it is not there yet.
  for (std::size_t line = 1, end; (end = rest.find('\n')) != rest.npos; ++line, rest.remove_prefix(end + 1)) {
    const std::string_view content = rest.substr(0, end);
    if (line == 1) {
      if (content != "step,model,metric,layer,value") complain(1, "expected the header step,model,metric,layer,value");
    } else if (!parse_row(content, rows.emplace_back())) {
      complain(line, "'" + std::string(content) + "' is not a row step,model,metric,layer,value");
    }
  }
  return rows;
}

/// An HDF5 identifier that is closed by its own function.
template <herr_t (*close)(hid_t)>
class Handle {
 public:
  explicit Handle(hid_t id) : id_(id) {}
  Handle(const Handle&) = delete;
  ~Handle() {
    if (id_ >= 0) close(id_);
  }
  operator hid_t() const { return id_; }

 private:
  hid_t id_;
};
using File = Handle<H5Fclose>;
using Dataset = Handle<H5Dclose>;
using Space = Handle<H5Sclose>;

/// The library prints its errors unless told otherwise; the framework never prints.
class Silence {
 public:
  Silence() {
    H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  }
  ~Silence() { H5Eset_auto2(H5E_DEFAULT, print_, data_); }

 private:
  H5E_auto2_t print_ = nullptr;
  void* data_ = nullptr;
};

/// The last of the stacked measurements: [measurements x nodes] or [measurements x rows x columns].
arma::mat last_measurement(hid_t dataset) {
  const Space space(H5Dget_space(dataset));
  const int dimensions = H5Sget_simple_extent_ndims(space);
  if (dimensions != 2 && dimensions != 3) throw std::runtime_error("is no stack of vectors or matrices");
  hsize_t size[3] = {0, 0, 1};
  H5Sget_simple_extent_dims(space, size, nullptr);
  if (size[0] * size[1] * size[2] == 0) return {};
  const hsize_t first[3] = {size[0] - 1, 0, 0}, count[3] = {1, size[1], size[2]};
  H5Sselect_hyperslab(space, H5S_SELECT_SET, first, nullptr, count, nullptr);
  const Space memory(H5Screate_simple(dimensions, count, nullptr));
  arma::mat transposed(size[2], size[1]);  // files are row by row, Armadillo column by column
  if (H5Dread(dataset, H5T_NATIVE_DOUBLE, memory, space, H5P_DEFAULT, transposed.memptr()) < 0)
    throw std::runtime_error("cannot be read");
  return transposed.t();
}

}  // namespace

RunResults::RunResults(fs::path run_folder) : folder(std::move(run_folder)) {
  read_description(folder / "run.json", *this);
  rows = read_rows(folder / "metrics.csv");
}

arma::mat RunResults::newest(const std::string& model, const std::string& section, const std::string& name) const {
  const fs::path path = folder / "nodes.h5";
  if (!fs::exists(path)) return {};
  const Silence silence;
  const File file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT));
  if (file < 0) throw std::runtime_error(path.string() + ": is no HDF5 file, or its end is missing");
  const std::string place = "/" + model + "/" + section + "/" + name;
  const Dataset dataset(H5Dopen2(file, place.c_str(), H5P_DEFAULT));
  if (dataset < 0) return {};
  try {
    return last_measurement(dataset);
  } catch (const std::runtime_error& e) {
    throw std::runtime_error(path.string() + ": " + place + " " + e.what());
  }
}

}  // namespace pipeline
