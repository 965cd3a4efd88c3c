// Sets declared parameters from the keys of one section, and records where each value came from.
#pragma once
#include <functional>
#include <pipeline/parameters.hpp>
#include <set>
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

/// The folder from which relative paths in a value start.
std::filesystem::path folder_of(const Place& place);

class SectionReader {
 public:
  /// The tree may be null: the section is missing from `file`, and all values are defaults.
  SectionReader(std::string section, const Tree* tree, Complaints& complaints, const std::string& file = "");

  /// Sets every declared parameter whose key (prefix + name) the section has. Complains about invalid values and, at the
  /// end, about missing required ones. `owner` is the plugin whose defaults these are ("l2"; "" for the engine). Returns
  /// false if some value was misread or is missing: what follows from the default in its place is not the file's mistake.
  bool take(Parameters& parameters, const std::string& prefix = "", const std::string& owner = "");

  /// Ignores keys with this prefix, which ends with a dot, or this key: what they belong to was already complained about.
  void excuse(const std::string& prefix) { excused_.insert(prefix); }

  /// No message offers this key: it has no effect here.
  void do_not_offer(const std::string& key) { not_offered_.insert(key); }

  using Advice = std::function<std::string(const Word& key)>;
  /// Complains about keys that no parameter has, and suggests the nearest known one; where none is near, what `advice`
  /// says of that key, which is also added to a remark about a word of other programs. Then about required keys that are
  /// missing, unless an unknown key was probably meant to be it. Says nothing if some line of the section was not taken.
  void finish(const Advice& advice = {});
  /// Only the latter: the section's plugin could not be read, so nothing is known of the other keys.
  void finish_without_plugin();

  /// Whether the value of a key is not known: it was misread, or misspelt.
  bool unsure(const std::string& key) const { return unsure_.contains(key); }
  bool unsure() const { return !unsure_.empty() || unread(); }
  /// Whether some line of the section was not taken.
  bool unread() const { return tree_ && tree_->data().unread; }
  /// Ignores the keys of all entries but these: their list could not be read.
  void excuse_entries(const std::vector<std::string>& except);
  /// The keys of the section that no parameter has had so far.
  std::vector<Word> unknown() const;

  const std::vector<Setting>& settings() const { return settings_; }
  /// Adds to what is said of the texts with this prefix that are required and missing.
  void advise_on_missing(const std::string& prefix, const std::string& advice);
  /// How to be rid of a key that has no effect because of the value of another: where only that one was overridden, the
  /// file may stay as it is.
  std::string removal(const std::string& cause, const std::string& key) const;
  /// The setting of a key that was taken; later complaints point at its word.
  const Setting& setting(const std::string& key) const;
  /// The word that complaints about the whole section point at.
  const Word& name() const { return name_; }

 private:
  bool is_excused(const std::string& key) const;
  std::vector<std::string> known() const;
  std::string remedy_for_unknown(const Word& key, const std::vector<std::string>& known, const Advice& advice) const;
  void complain_about_unknown(const Word& key, const Advice& advice);
  void complain_about_missing();

  struct Missing {
    std::string key, remedy;
    bool is_text;
  };

  Word name_;
  const Tree* tree_;
  Complaints& complaints_;
  std::vector<Setting> settings_;
  std::vector<std::string> known_;
  std::set<std::string> excused_, unsure_, not_offered_;
  std::vector<Missing> missing_;
};

/// A section with every value written out.
struct ResolvedSection {
  std::string name;
  std::vector<Setting> settings;
};

/// A pipeline text that can be run as it is (values quoted where necessary), on request with origins as comments.
std::string as_ini(const std::vector<ResolvedSection>& sections, bool with_origin);

}  // namespace pipeline::config
