// A csv dataset of small tables that a test writes.
#pragma once
#include <boost/test/unit_test.hpp>

#include "dataset_support.hpp"

namespace support {

using Settings = std::vector<std::pair<std::string, std::string>>;

struct Study {
  std::string train = "a,b,kind\n1,10,x\n2,20,y\n3,60,x\n", test = "a,b,kind\n4,30,y\n";
  Settings settings = {};
  std::size_t validation = 0;
  mutable std::vector<std::string> warnings = {};  // of the last data()
  Scratch scratch = {};

  pipeline::Data data() const {
    auto csv = load<pipeline::Dataset>("dataset", "csv");
    Settings all{{"train", scratch.write("train.csv", train).string()}, {"header", "yes"}};
    if (!test.empty()) all.emplace_back("test", scratch.write("test.csv", test).string());
    all.insert(all.end(), settings.begin(), settings.end());
    set(*csv, all);
    csv->check();
    Lent access;
    access.validation = validation;
    pipeline::Data out = csv->load(access);
    warnings = access.warnings;
    return out;
  }
  std::string complaint() const {
    return message_of([&] { data(); });
  }
  /// All warnings, one per line, without the folder.
  std::string warned() const {
    data();
    std::string text;
    for (std::string w : warnings) {
      const std::string folder = scratch.path().string() + "/";
      for (std::size_t at = 0; (at = w.find(folder, at)) != std::string::npos;) w.erase(at, folder.size());
      text += w + "\n";
    }
    return text;
  }
};

/// The features as text, samples as rows as in the file.
inline std::string rows(const arma::fmat& X) {
  std::ostringstream out;
  for (arma::uword i = 0; i < X.n_cols; ++i)
    for (arma::uword j = 0; j < X.n_rows; ++j)
      out << X(j, i) << (j + 1 < X.n_rows ? "," : i + 1 < X.n_cols ? " | " : "");
  return out.str();
}

inline std::string labels(const pipeline::Samples& samples) {
  std::string out;
  for (const std::uint16_t label : samples.labels) out.append(out.empty() ? "" : " ").append(std::to_string(label));
  return out;
}

/// "setosa, virginica"
inline std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out.append(out.empty() ? "" : ", ").append(word);
  return out;
}

}  // namespace support
