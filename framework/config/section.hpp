// Takes the keys of one section into declared parameters, and remembers where each value came from.
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
  Word word;             // the value as written; the section's name where a default stands
};

class PIPELINE_API SectionReader {
 public:
  /// The tree may be null: a section that is not there, all defaults.
  /// Of an absent section, `file` is where it is missing.
  SectionReader(std::string section, const Tree* tree, Complaints& complaints, const std::string& file = "");

  /// Sets every declared parameter whose key (prefix + name) the section has. Complains about values that do
  /// not fit, and about required ones that are missing. `owner` names whose defaults these are ("l2"; "" for
  /// the engine).
  void take(Parameters& parameters, const std::string& prefix = "", const std::string& owner = "");

  /// Keys with this prefix belong to a plugin that is not there: that was complained about, they need no word more.
  void excuse(const std::string& prefix) { excused_.push_back(prefix); }

  /// Complains about keys that nobody took, with the nearest known one.
  void finish();

  const std::vector<Setting>& settings() const { return settings_; }
  /// The setting of a key taken before; its word is what later complaints point at.
  const Setting& setting(const std::string& key) const;
  /// Where a complaint about the section as a whole points.
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

/// As a pipeline text that runs again as it stands (values quoted where they need it); with origins as comments.
PIPELINE_API std::string as_ini(const std::vector<ResolvedSection>& sections, bool with_origin);

}  // namespace pipeline::config
