// csv: a table of numbers with one column of labels, plain or gzipped.
//
//   inputs     [features x samples]: every column except the label, in file order, scaled as `scaling` selects
//   classes    a label that is a whole number is the class itself, if all training labels are;
//              otherwise the labels are sorted, and the first is class 0
//   test set   a file of its own, or the last test_rows rows of train; rows are never shuffled here
//
//   scaling = divide        x / divide_by
//   scaling = minmax        (x - min) / (max - min)     over the training rows; test rows may fall outside 0 to 1
//   scaling = standardise   (x - mean) / sd             over the training rows, sd over N (not N - 1)
//
// Under minmax and standardise a feature that is constant over the training rows becomes 0.
//
// Empty cells, nan, inf, rows of unequal length and test labels unknown from the training rows are refused, with line
// and column.
//
// Source of the format: RFC 4180, with the extensions listed in csv_reader.hpp.
// See also: idx, standardise.
#include <pipeline/dataset.hpp>

#include "csv_labels.hpp"
#include "csv_reader.hpp"
#include "scaling.hpp"

namespace {
using namespace pipeline;
using datasets::CsvTable;

class Csv final : public Dataset {
  std::filesystem::path train, test;
  std::uint64_t test_rows = 0;
  std::string header = "yes", label, separator = "comma", scaling = "none";
  double divide_by = 255;
  std::vector<std::uint64_t> image;

  void declare(Parameters& p) override {
    p.path("train", train, "table to train on").must_be_given();
    p.choice("header", header, {"yes", "no"}, "whether line 1 names the columns").must_be_given();
    p.path("test", test, "table to test on, with the same columns");
    p.whole("test_rows", test_rows, at_least(0), "without test: number of rows at the end of train to test on");
    p.text("label", label, "label column, by name or by number from 1; empty: the last column");
    p.choice("separator", separator, {"comma", "semicolon", "tab"}, "what separates two cells");
    p.choice("scaling", scaling, {"none", "divide", "minmax", "standardise"}, "how every feature is scaled");
    p.number("divide_by", divide_by, above(0), "divisor").neutral("1").used_if("scaling", {"divide"});
    p.wholes("image", image, at_least(1),
             "height, width of images whose pixels, row by row, are the features; empty: no images");
  }

  void check() const override {
    if (test.empty() && test_rows == 0)
      throw Misfit("train", "needs a test set beside it: give test (a file) or test_rows (taken off the end of train)");
    if (!test.empty() && test_rows > 0)
      throw Misfit("test_rows", "and test exclude each other: test_rows takes the test set off train; remove one");
  }

  Data load(const DataAccess&) const override {
    CsvTable rows = read(train);
    CsvTable held_out = test.empty() ? take_last(rows) : read(test);
    if (held_out.names != rows.names || held_out.features.n_rows != rows.features.n_rows)
      throw std::runtime_error(test.string() + ": its columns differ from those of " + train.string());

    Data data;
    data.image = image_shape(rows.features.n_rows);
    const datasets::CsvClasses classes(rows.labels);
    data.classes = classes.count();
    data.train.labels = classes.of(rows.labels, train);
    data.test.labels = classes.of(held_out.labels, test.empty() ? train : test);
    scale(rows.features, held_out.features);
    data.train.floats = std::move(rows.features);
    data.test.floats = std::move(held_out.features);
    return data;
  }

  CsvTable read(const std::filesystem::path& path) const {
    const char mark = separator == "comma" ? ',' : separator == "semicolon" ? ';' : '\t';
    return datasets::CsvReader(path, mark).read(header == "yes", label);
  }

  CsvTable take_last(CsvTable& table) const {
    const std::size_t all = table.labels.size();
    if (test_rows >= all)
      throw std::runtime_error(train.string() + ": test_rows = " + std::to_string(test_rows) + " of " +
                               std::to_string(all) + " rows leaves none to train on");
    const std::size_t kept = all - test_rows;
    CsvTable last{table.features.tail_cols(test_rows),
                  {table.labels.begin() + static_cast<std::ptrdiff_t>(kept), table.labels.end()},
                  table.names};
    table.features = arma::fmat(table.features.head_cols(kept));
    table.labels.resize(kept);
    return last;
  }

  ImageShape image_shape(std::size_t features) const {
    if (image.empty()) return {};
    if (image.size() != 2 || image[0] * image[1] != features)
      throw std::runtime_error("image must be height, width with height x width = " + std::to_string(features) +
                               ", the number of features in " + train.string());
    return {image[0], image[1], 1};
  }

  void scale(arma::fmat& X, arma::fmat& held_out) const {
    if (scaling == "none") return;
    const std::vector<datasets::FeatureScale> scales =
        scaling == "minmax"        ? datasets::minmax_of(X)
        : scaling == "standardise" ? datasets::mean_and_sd_of(X)
                                   : std::vector<datasets::FeatureScale>(X.n_rows, {0, divide_by});
    datasets::apply(scales, X);
    datasets::apply(scales, held_out);
  }
};

}  // namespace

PIPELINE_DATASET(Csv, csv, "a table of numbers with one column of labels")
