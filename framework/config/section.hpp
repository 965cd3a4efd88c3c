// Sets declared parameters from the keys of one section, and records where each value came from.
#pragma once
#include <pipeline/parameters.hpp>
#include <string>
#include <vector>

#include "config/complaint.hpp"
#include "config/tree.hpp"

namespace pipeline::config {

/// One line of the resolved pipeline.
struct Setting {
  std::string key, value;
  std::string origin;    // "mnist_snr.ini:12", "command line", "default", "default of l2"
  bool is_path = false;  // left out of the configuration's hash
  Word word;             // the value as written; for a default, the section's name
};

class SectionReader {
 public:
  /// The tree may be null: the section is missing from `file`, and all values are defaults.
  SectionReader(std::string section, const Tree* tree, Complaints& complaints, const std::string& file = "");

  /// Sets every declared parameter whose key (prefix + name) the section has. Complains about invalid values and about
  /// missing required ones. `owner` is the plugin whose defaults these are ("l2"; "" for the engine).
  void take(Parameters& parameters, const std::string& prefix = "", const std::string& owner = "");

  /// Ignores keys with this prefix: their plugin was not found, which was already complained about.
  void excuse(const std::string& prefix) { excused_.push_back(prefix); }

  /// Complains about keys that no parameter has, and suggests the nearest known one.
  void finish();

  const std::vector<Setting>& settings() const { return settings_; }
  /// The setting of a key that was taken; later complaints point at its word.
  const Setting& setting(const std::string& key) const;
  /// The word that complaints about the whole section point at.
  const Word& name() const { return name_; }

 private:
  Word name_;
  const Tree* tree_;
  Complaints& complaints_;
  std::vector<Setting> settings_;
  std::vector<std::string> known_, excused_;
};

/// A section with every value written out.
struct ResolvedSection {
  std::string name;
  std::vector<Setting> settings;
};

/// A pipeline text that can be run as it is (values quoted where necessary), on request with origins as comments.
std::string as_ini(const std::vector<ResolvedSection>& sections, bool with_origin);

}  // namespace pipeline::config
