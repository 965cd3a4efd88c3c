// A made-up run folder in the format of a real one, with plausible curves for noreg, l2 and dropout.
#pragma once
#include <hdf5.h>
#include <unistd.h>

#include <armadillo>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace synthetic {

namespace fs = std::filesystem;

/// A new, empty folder, removed with everything in it by the destructor.
struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "pipeline_test_XXXXXX").string();
    path = mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  ~Folder() { fs::remove_all(path); }
};

inline void write(const fs::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

inline std::string read(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

/// Writes one dataset of nodes.h5 as the engine does: the measurements one after the other, each row by row.
inline void stack(const fs::path& file, const std::string& place, const std::vector<arma::mat>& measurements) {
  const arma::mat& one = measurements.front();
  const bool vector = one.n_cols == 1;
  const hsize_t size[3] = {measurements.size(), one.n_rows, one.n_cols}, count = measurements.size();
  std::vector<double> values;
  for (const arma::mat& m : measurements)
    for (arma::uword r = 0; r < m.n_rows; ++r)
      for (arma::uword c = 0; c < m.n_cols; ++c) values.push_back(m(r, c));
  std::vector<std::int64_t> steps(count);
  for (std::size_t i = 0; i < count; ++i) steps[i] = static_cast<std::int64_t>(2000 * i);

  const hid_t h5 = fs::exists(file) ? H5Fopen(file.c_str(), H5F_ACC_RDWR, H5P_DEFAULT)
                                    : H5Fcreate(file.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t parents = H5Pcreate(H5P_LINK_CREATE);
  H5Pset_create_intermediate_group(parents, 1);
  const hid_t space = H5Screate_simple(vector ? 2 : 3, size, nullptr), line = H5Screate_simple(1, &count, nullptr);
  const hid_t data = H5Dcreate2(h5, place.c_str(), H5T_NATIVE_DOUBLE, space, parents, H5P_DEFAULT, H5P_DEFAULT);
  H5Dwrite(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  const hid_t attribute = H5Acreate2(data, "steps", H5T_NATIVE_INT64, line, H5P_DEFAULT, H5P_DEFAULT);
  H5Awrite(attribute, H5T_NATIVE_INT64, steps.data());
  H5Aclose(attribute), H5Dclose(data), H5Sclose(line), H5Sclose(space), H5Pclose(parents), H5Fclose(h5);
}

inline const std::vector<std::string> models = {"noreg", "l2", "dropout"};

inline const char* const description = R"({"pipeline": "mnist_snr", "steps": 100001,
  "models": ["noreg", "l2", "dropout"], "metrics": [
  {"section": "accuracy", "plugin": "accuracy", "unit": "share of images", "better": "higher", "edge": ""},
  {"section": "loss", "plugin": "loss", "unit": "nats", "better": "lower", "edge": ""},
  {"section": "snr_optimality", "plugin": "snr_optimality", "unit": "", "better": "higher", "edge": ""},
  {"section": "sign_disagreement", "plugin": "sign_disagreement", "unit": "weights", "better": "lower", "edge": ""},
  {"section": "weights_against_c", "plugin": "weights_against_c", "unit": "", "better": "neither", "edge": ""}]})";

/// One metric value of a model. All models start at the same value, settle at their own levels and jitter a little.
inline double curve(double start, double end, double pace, double jitter, std::uint64_t step, std::size_t model) {
  const double hash = std::sin(12.9898 * double(step) + 78.233 * double(model)) * 43758.5453;
  const double noise = step == 0 ? 0 : (2 * (hash - std::floor(hash)) - 1) * jitter;
  return end + (start - end) * std::exp(-double(step) / pace) + noise;
}

inline std::string rows_at(std::uint64_t step, const std::string& model, std::size_t m) {
  static const double accuracy[] = {.9841, .9845, .9862}, loss[] = {.071, .062, .049},
                      s[3][3] = {{.1487, .1488, .1661}, {.1697, .1689, .2332}, {.382, .4166, .7089}};
  std::ostringstream out;
  out.precision(9);
  const auto row = [&](const char* metric, std::size_t layer, double value) {
    out << step << ',' << model << ',' << metric << ',' << (layer ? std::to_string(layer) : "") << ',' << value << '\n';
  };
  const double image = 1e-4;  // accuracy over 10,000 images
  row("accuracy", 0, std::round(curve(.1009, accuracy[m], 900, .0009, step, m) / image) * image);
  if (step % 2000 && step != 100001) return out.str();
  row("loss", 0, curve(2.5432, loss[m], 2500, .001, step, m));
  row("loss.penalty", 0, m == 1 ? curve(.5, .21, 20000, 0, step, m) : 0);
  const double start[] = {.1465, .1771, .1381}, count[] = {803000, 1024000, 10000};
  for (std::size_t l = 0; l < 3; ++l)
    row("snr_optimality", l + 1, curve(start[l], s[l][m], 9000 + 9000. * double(l), .0004, step, m));
  for (std::size_t l = 0; l < 3; ++l)
    row("sign_disagreement", l + 1, std::round(count[l] * curve(.44, .42 - .04 * double(m), 20000, .001, step, m)));
  row("weights_against_c.node", 3, 4);
  row("weights_against_c.snr_optimality", 3, curve(start[2], s[2][m] + .05, 9000, 0, step, m));
  return out.str();
}

inline void make_run(const fs::path& folder, std::uint64_t last = 100001) {
  write(folder / "run.json", description);
  std::string rows = "step,model,metric,layer,value\n" + rows_at(0, "control", 0);
  for (std::uint64_t step = 0; step <= last; step = step < 100000 ? step + 200 : step + 1)
    for (std::size_t m = 0; m < models.size(); ++m) rows += rows_at(step, models[m], m);
  write(folder / "metrics.csv", rows);
  arma::arma_rng::set_seed(1);
  const arma::vec c = arma::normalise(arma::vec(300, arma::fill::randn));
  const auto points = [&](double S) {  // a W whose cosine with c is about S
    const arma::vec w =
        arma::normalise(S * c + std::sqrt(1 - S * S) * arma::normalise(arma::vec(300, arma::fill::randn)));
    return arma::mat(arma::join_rows(w, c));
  };
  stack(folder / "nodes.h5", "/control/weights_against_c/points", {points(.14)});
  for (std::size_t m = 0; m < models.size(); ++m) {
    stack(folder / "nodes.h5", "/" + models[m] + "/weights_against_c/points",
          {points(.14), points(.45 + .2 * double(m))});
    stack(folder / "nodes.h5", "/" + models[m] + "/snr_optimality/1", {arma::vec{.1, .2}, arma::vec{.3, .4}});
  }
}

}  // namespace synthetic
