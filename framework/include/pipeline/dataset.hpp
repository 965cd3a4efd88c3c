// A dataset loads two sets of labelled samples, train and test, once, before any training.
//
//   may assume   parameters are set and checked; the files it names in files() are found, fetched and verified
//   must do      return what shape() promised; samples are columns; the same data for the same parameters
//   must not     print, download, or store the data
//
// A wrapper changes what another dataset loaded: [dataset] wrappers = subset, ...
//
// A failure is an exception whose message states cause, place and remedy; the engine adds the plugin's name.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <pipeline/network.hpp>
#include <pipeline/parameters.hpp>
#include <pipeline/plugin.hpp>

namespace pipeline {

/// Numbers per sample, labels that may occur, and samples of each set.
struct DataShape {
  std::size_t features = 0, classes = 0, train = 0, test = 0;
  ImageShape image;
  std::size_t validation = 0;  // set by the engine: these are no longer in `train`
  bool operator==(const DataShape&) const = default;
};

/// Samples as columns, either as bytes (value = offset + scale * byte, rounded once to float32) or as floats.
struct Samples {
  arma::Mat<std::uint8_t> bytes;  // [features x samples]; empty where floats are used
  double scale = 1.0 / 255, offset = 0;
  arma::fmat floats;                  // [features x samples]
  std::vector<std::uint16_t> labels;  // one per sample, 0 .. classes - 1
  std::vector<std::uint8_t> marked;   // 1 for each sample that a wrapper marked, else 0; empty: none
  std::size_t features() const { return bytes.n_cols ? bytes.n_rows : floats.n_rows; }
  std::size_t size() const { return bytes.n_cols ? bytes.n_cols : floats.n_cols; }
};

/// What a dataset loads, of the shape that shape() promised.
struct Data {
  Samples train, test;
  std::size_t classes = 0;  // labels are 0 .. classes - 1
  ImageShape image = {};
  Samples validation = {};  // filled by the engine: what [dataset] validation = N takes off the end of the training set
  std::vector<std::string> class_names = {};  // what the labels were before they were numbered; empty: the numbers
};

/// A file that the engine looks for in the data folders, and downloads from the first mirror that has it.
struct DataFile {
  std::string name;                  // "train-images-idx3-ubyte.gz"; the unpacked file without .gz is accepted as well
  std::string sha256;                // of the file as named; empty: not pinned, only recorded
  std::vector<std::string> mirrors;  // URLs of folders, each ending in /
};

/// What a dataset can use while it loads.
class DataAccess {
 public:
  virtual ~DataAccess() = default;
  /// The path of a file of files().
  virtual std::filesystem::path file(const std::string& name) const = 0;
  /// Calls body(0) .. body(n - 1) on several threads, in any order.
  virtual void parallel(std::size_t n, const std::function<void(std::size_t)>& body) const = 0;
  /// How many samples at the end of the training set the engine will set aside for validation: statistics over the
  /// training set must leave them out.
  virtual std::size_t set_aside() const { return 0; }
  /// Warns the user of something in the data that is probably a mistake. The message states cause and remedy.
  virtual void warn(const std::string& /*message*/) const {}
};

class PIPELINE_API Dataset {
 public:
  virtual ~Dataset() = default;
  virtual void declare(Parameters&) {}
  /// Throws Misfit where parameters exclude or need each other. Called before any data is read.
  virtual void check() const {}
  /// The files that load() reads; their folder is named like the plugin.
  virtual std::vector<DataFile> files() const { return {}; }
  /// What load() will return, if that is known without reading.
  virtual std::optional<DataShape> shape() const { return std::nullopt; }
  virtual Data load(const DataAccess& access) const = 0;
  /// What a file contains, and a [dataset] section that reads it, as text for `pipeline data inspect`; nothing if this
  /// dataset does not read such files.
  virtual std::optional<std::string> describe(const std::filesystem::path& /*file*/) const { return std::nullopt; }
};

/// Listed in [dataset] wrappers, innermost first; its keys are <name>.<parameter>. Validation samples are set aside
/// before wrappers run, so statistics over Data::train never include them; what scales `train` must scale all three sets.
class PIPELINE_API Wrapper : public Dataset {
 public:
  /// The shape of what change() makes of data of this shape. Throws Misfit where a parameter does not fit it.
  virtual DataShape changed_shape(DataShape inner) const { return inner; }
  virtual Data change(Data inner) const = 0;

  Data load(const DataAccess&) const final { throw std::logic_error("is a wrapper and loads nothing by itself"); }
};

}  // namespace pipeline

#define PIPELINE_DATASET(CLASS, NAME, SUMMARY) PIPELINE_EXPORT(dataset, pipeline::Dataset, CLASS, NAME, SUMMARY)
