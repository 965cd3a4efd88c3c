// csv: a table with one column of labels, plain or gzipped (which may unpack to 256 MB or to 100 times the file's size).
//
//   inputs     [inputs x samples]: every column except the label, or those of `columns`, or all but those of `drop`, in
//              file order. Columns of `categories` hold words: each word of the rows trained on becomes an input that
//              is 1 where the row has this word, otherwise 0
//   classes    the labels of train without test_rows; in numerical order if all are numbers (1, 1.0 and 01 are one class),
//              otherwise in the order of their bytes
//   test set   a file of its own, or test_rows rows of train
//   missing    empty, NA, N/A, n/a, #N/A, <NA>, NaN, nan, NAN, null, NULL, None, ?, .
//              refuse: an error; drop_rows: leaves out rows with one in a column that is used; mean: fills it with the
//              mean over the rows trained on, for a category with its share; never a label
//
//   scaling = divide        x / divide_by
//   scaling = minmax        (x - min) / (max - min)     over the rows trained on; other rows may fall outside 0 to 1
//   scaling = standardise   (x - mean) / sd             over the rows trained on, sd over N (not N - 1)
//
// The rows trained on are those of train without test_rows and without [dataset] validation; both come off the end.
// Rows keep the order of the file unless shuffle = yes, because the order may have a meaning: a series in time is
// tested on what follows. A table sorted by label needs shuffle = yes, and the program says so. stratify = yes takes
// rows of every label in proportion.
//
// A column is named by its name, or by its number from 1. "column 2" is always a number, where names are numbers too.
//
// The file is UTF-8. Up to ten mistakes of a table are reported together, each kind once per column.
//
// Numbers are computed in double and rounded once to float32. Under minmax and standardise a feature that is constant
// over the rows trained on becomes 0. A category that occurs only in other rows gives zeros, and a warning. A label
// that occurs only in the test rows is refused, as are nan, inf, dates, and rows of unequal length, with line and column.
//
// `pipeline data inspect FILE` shows what a table is, and prints a section that reads it.
//
// Source of the format: RFC 4180, with the extensions listed in csv_lexer.hpp.
// See also: idx, standardise.
#include <numeric>

#include <pipeline/dataset.hpp>
#include <pipeline/memory.hpp>
#include <pipeline/numbers.hpp>

#include "csv_classes.hpp"
#include "csv_doubts.hpp"
#include "csv_inputs.hpp"
#include "csv_inspect.hpp"
#include "csv_reader.hpp"
#include "row_split.hpp"
#include "scaling.hpp"

namespace {
using namespace pipeline;
using datasets::CsvEncoding, datasets::CsvInputs, datasets::CsvTable, datasets::FeatureScale;
using Rows = std::vector<std::uint32_t>;

class Csv final : public Dataset {
  std::filesystem::path train, test;
  std::uint64_t test_rows = 0;
  std::string header = "yes", separator = "comma", comment, missing = "refuse", scaling = "none";
  datasets::CsvChoice choice;
  datasets::RowSplit split;
  double divide_by = 255;
  std::vector<std::uint64_t> image;

  void declare(Parameters& p) override {
    p.path("train", train, "table to train on").must_be_given();
    p.choice("header", header, {"yes", "no"}, "whether the first line names the columns").must_be_given();
    p.path("test", test, "table to test on, with the same columns");
    p.whole("test_rows", test_rows, at_least(0), "without test: number of rows at the end of train to test on");
    p.text("label", choice.label, "label column, by name or by number from 1; empty: the last column");
    p.words("columns", choice.columns, "columns that are inputs, by name or number; empty: all but the label");
    p.words("drop", choice.drop, "columns to leave out, by name or number");
    p.words("categories", choice.categories, "columns of words, by name or number; each word becomes an input");
    p.choice("separator", separator, {"comma", "semicolon", "tab", "space"},
             "what separates two cells; space: any run of blanks and tabs");
    p.text("comment", comment, "how lines begin that are comments, in quotes: \"#\"; empty: there are none");
    p.choice("missing", missing, {"refuse", "drop_rows", "mean"}, "what to do with missing values");
    p.flag("shuffle", split.shuffle, "whether rows are shuffled before test_rows and validation come off the end");
    p.flag("stratify", split.stratify, "whether test_rows and validation take rows of every label in proportion");
    p.whole("seed", split.seed, at_least(0).up_to(infinity), "seed of the order").used_if("shuffle", {"yes"});
    p.choice("scaling", scaling, {"none", "divide", "minmax", "standardise"}, "how every feature is scaled");
    p.number("divide_by", divide_by, above(0), "divisor").neutral("1").used_if("scaling", {"divide"});
    p.wholes("image", image, at_least(1),
             "height, width of images whose pixels, row by row, are the features; empty: no images");
  }

  void check() const override {
    must_fit_in_memory("train", train);
    must_fit_in_memory("test", test);
    if (test.empty() && test_rows == 0)
      throw Misfit("train", "needs a test set beside it: give test (a file) or test_rows (taken off the end of train)");
    if (!test.empty() && test_rows > 0)
      throw Misfit("test_rows", "and test exclude each other: test_rows takes the test set off train; remove one");
    if (!choice.columns.empty() && !choice.drop.empty())
      throw Misfit("drop", "and columns exclude each other: columns alone says which are inputs; remove one");
    if (!image.empty() && !choice.categories.empty())
      throw Misfit("categories", "and image exclude each other: inputs made of words are no pixels; remove one");
    if (!image.empty() && image.size() != 2)
      throw Misfit("image", "has " + std::to_string(image.size()) + " numbers, but must be height, width");
    if (header == "no") {
      if (!choice.label.empty()) check_number("label", choice.label);
      for (const auto& [key, words] : {std::pair("columns", &choice.columns), std::pair("drop", &choice.drop),
                                       std::pair("categories", &choice.categories)})
        for (const std::string& word : *words) check_number(key, word);
    }
    if (!comment.empty() && (comment.find_first_of("+-.0123456789\", \t;") == 0 || comment[0] == mark()))
      throw Misfit("comment",
                   "cannot begin with " + pipeline::quoted(comment.substr(0, 1)) + ", which rows may begin with");
  }

  static void check_number(const std::string& key, const std::string& word) {
    if (word.find_first_not_of("0123456789") != std::string::npos || word.find_first_not_of('0') == std::string::npos)
      throw Misfit(
          key, "has " + pipeline::quoted(word) + ", but a table with header = no has no names: give numbers from 1");
  }

  char mark() const {
    return separator == "comma" ? ',' : separator == "semicolon" ? ';' : separator == "tab" ? '\t' : ' ';
  }

  Data load(const DataAccess& access) const override {
    const CsvTable table = read(train);
    const std::optional<CsvTable> other = test.empty() ? std::nullopt : std::optional(read(test, &table));
    const CsvTable& tested = other ? *other : table;
    const std::size_t validation = access.set_aside();

    Rows training = order_of(table, validation), testing(other ? other->rows() : test_rows);
    std::iota(testing.begin(), testing.end(), 0u);
    if (!other) std::copy_n(training.end() - static_cast<std::ptrdiff_t>(test_rows), test_rows, testing.begin());
    if (!other) training.resize(training.size() - test_rows);
    Rows trained = training;
    if (validation < trained.size()) trained.resize(trained.size() - validation);  // otherwise the engine complains

    const datasets::CsvClasses classes(table, training);
    const CsvEncoding encoding(table, trained);
    Data data;
    data.classes = classes.count();
    data.class_names = classes.names();
    data.train.labels = classes.of(table, training);
    data.test.labels = classes.of(tested, testing,
                                  other            ? ""
                                  : split.stratify ? "; set a smaller test_rows"
                                                   : "; set stratify = yes");
    warn(access, table, classes, validation);
    for (const CsvTable* rows : {&table, &tested})
      if (const auto warning = datasets::doubtful_missing(*rows); warning && (rows == &table || other))
        access.warn(*warning);

    const auto scales = scales_of(CsvInputs(table, trained, encoding));
    warn_of_rounding(access, table, encoding, CsvInputs(table, trained, encoding), scales);
    data.train.floats = floats(table, CsvInputs(table, training, encoding), training, encoding, scales, access);
    data.test.floats = floats(tested, CsvInputs(tested, testing, encoding), testing, encoding, scales, access);
    data.image = image_shape(data.train.floats.n_rows);
    return data;
  }

  std::optional<std::string> describe(const std::filesystem::path& file) const override {
    const datasets::CsvInspection inspection(file);
    const datasets::CsvSettings settings = inspection.settings();
    std::string text = inspection.text();
    if (settings.empty()) return text;
    text += "\n[dataset]\nplugin = csv\n";
    for (const auto& [key, value] : settings)
      text.append(key).append(" = ").append(datasets::CsvInspection::written(value)).append("\n");
    return text + tried(settings, inspection.rows());
  }

  /// What the section gives, as comments below it.
  static std::string tried(const datasets::CsvSettings& settings, std::size_t rows) {
    struct Access final : DataAccess {
      mutable std::string text;
      std::filesystem::path file(const std::string&) const override { return {}; }
      void parallel(std::size_t, const std::function<void(std::size_t)>&) const override {}
      void warn(const std::string& message) const override { text += "; warning: " + message + "\n"; }
    } access;
    try {
      Csv csv;
      Parameters parameters;
      csv.declare(parameters);
      for (const auto& [key, value] : settings)
        if (const auto complaint = parameters.find(key)->set(value)) throw std::runtime_error(key + " " + *complaint);
      csv.check();
      const Data data = csv.load(access);
      const auto text = [](std::size_t n) { return std::to_string(n); };
      const std::size_t lost = rows - data.train.size() - data.test.size();
      const bool told = lost == 0 || access.text.find("drop_rows") != std::string::npos;
      return "; " + text(data.train.size()) + " training and " + text(data.test.size()) + " test samples of " +
             text(data.train.features()) + " inputs in " + text(data.classes) +
             " classes: [network] layers = " + text(data.train.features()) + ", ..., " + text(data.classes) + "\n" +
             (told ? "" : "; missing = drop_rows leaves out " + text(lost) + " of " + text(rows) + " rows\n") +
             access.text;
    } catch (const std::exception& e) {
      return "; this does not work yet: " + boost::replace_all_copy(std::string(e.what()), "\n", "\n; ") + "\n";
    }
  }

  CsvTable read(const std::filesystem::path& path, const CsvTable* alike = nullptr) const {
    return datasets::CsvReader(path, {{mark(), comment}, header == "yes", choice, missing}).read(alike);
  }

  /// The rows of train: those trained on, then validation, then, without a file to test on, test_rows.
  Rows order_of(const CsvTable& table, std::size_t validation) const {
    if (test_rows >= table.rows())
      throw std::runtime_error(train.string() + ": test_rows = " + std::to_string(test_rows) + " of " +
                               std::to_string(table.rows()) + " rows leaves none to train on");
    std::vector<std::size_t> off_the_end;
    if (test_rows) off_the_end.push_back(test_rows);
    if (validation) off_the_end.push_back(validation);
    return datasets::row_order(table.classes_of_rows(), off_the_end, split);
  }

  void warn(const DataAccess& access, const CsvTable& table, const datasets::CsvClasses& classes,
            std::size_t validation) const {
    const bool taken_off = test_rows > 0 || validation > 0;
    for (const auto& warning : {datasets::doubtful_header(table), datasets::doubtful_counter(table), classes.doubt(),
                                datasets::doubtful_words(table)})
      if (warning) access.warn(*warning);
    if (taken_off && !split.changes_order() && datasets::sorted_by_label(table))
      access.warn(train.string() +
                  ": the rows are sorted by label, so the last ones are no fair sample; set shuffle = "
                  "yes, or stratify = yes");
    if (!taken_off && split.changes_order())
      access.warn(std::string(split.stratify ? "stratify = yes" : "shuffle = yes") +
                  " only reorders the rows trained on, because test is a file of its own and no validation is set "
                  "aside: remove it");
  }

  std::vector<FeatureScale> scales_of(const CsvInputs& X) const {
    return scaling == "minmax"        ? datasets::minmax_of(X)
           : scaling == "standardise" ? datasets::mean_and_sd_of(X)
                                      : std::vector<FeatureScale>(X.n_rows, {0, scaling == "divide" ? divide_by : 1});
  }

  static void warn_of_rounding(const DataAccess& access, const CsvTable& table, const CsvEncoding& encoding,
                               const CsvInputs& X, const std::vector<FeatureScale>& scales) {
    for (std::size_t j = 0; j < X.n_rows; ++j) {
      double low = infinity, high = -infinity, error = 0;
      for (std::size_t i = 0; i < X.n_cols; ++i) {
        const double x = scales[j](X.at(j, i));
        low = std::min(low, x), high = std::max(high, x);
        error = std::max(error, std::abs(static_cast<double>(static_cast<float>(x)) - x));
      }
      if (high > low && error > 1e-4 * (high - low))
        access.warn(table.path.string() + ": " + table.columns.title(encoding.inputs()[j].column) +
                    " has values that differ by too little for float32, which changes them by up to " +
                    nine_digits(error) + "; set scaling = standardise or minmax");
    }
  }

  arma::fmat floats(const CsvTable& table, const CsvInputs& X, const Rows& rows, const CsvEncoding& encoding,
                    const std::vector<FeatureScale>& scales, const DataAccess& access) const {
    for (const CsvInputs::Unknown& u : X.unknown_categories())
      access.warn(table.path.string() + ":" + std::to_string(u.first.line) + ":" + std::to_string(u.first.column) +
                  ": " + table.columns.title(u.column) + ": " + pipeline::quoted(u.first.text) +
                  " is no category of the rows trained on, so all inputs of that column are 0 (" +
                  std::to_string(u.rows) + (u.rows == 1 ? " row" : " rows") + " with such words)");
    arma::fmat out(X.n_rows, X.n_cols, arma::fill::none);
    for (std::size_t i = 0; i < X.n_cols; ++i)
      for (std::size_t j = 0; j < X.n_rows; ++j) {
        const double x = scales[j](X.at(j, i));
        out.at(j, i) = static_cast<float>(x);
        if (!std::isfinite(out.at(j, i))) refuse_range(table, encoding.inputs()[j].column, rows[i]);
      }
    return out;
  }

  [[noreturn]] void refuse_range(const CsvTable& table, std::size_t column, std::size_t row) const {
    const datasets::CsvText text(table.path);
    datasets::CsvLexer lexer(table.path, text, {mark(), comment});
    datasets::CsvRow cells;
    while (lexer.next(cells) && cells.front().line != table.lines[row]) {
    }
    const datasets::CsvCell& cell = cells.at(column);
    datasets::complain(table.path, cell.line, cell.column,
                       table.columns.title(column) + ": " + pipeline::quoted(cell.text) + " is too large for float32" +
                           (scaling == "none" ? "; set scaling = standardise or minmax" : " once it is scaled"));
  }

  ImageShape image_shape(std::size_t features) const {
    if (image.empty()) return {};
    if (features % image[0] != 0 || features / image[0] != image[1])
      throw std::runtime_error("image must be height, width with height x width = " + std::to_string(features) +
                               ", the number of features in " + train.string());
    return {image[0], image[1], 1};
  }
};

}  // namespace

PIPELINE_DATASET(Csv, csv, "a table of numbers with one column of labels")
