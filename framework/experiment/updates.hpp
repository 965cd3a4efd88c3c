// How weights are updated: optimiser, learning rate and schedule. [training] says it for all models, a [model] for itself.
#pragma once
#include "experiment/reading.hpp"

namespace pipeline::experiment {

class UpdateReader {
 public:
  /// `general`: what [training] says; null while that section itself is read.
  UpdateReader(Reading& reading, config::SectionReader& reader, const config::Tree* tree, const Updates* general)
      : reading_(reading), reader_(reader), tree_(tree), general_(general) {}

  Updates read();
  /// Complains about keys of an optimiser that this section does not choose. Those of entries are not meant.
  void check_keys(const std::vector<std::string>& entries);
  /// The keys of a [model] that only repeat what [training] says: written out, they would override a later [training].
  const std::set<std::string>& repeated() const { return repeated_; }

 private:
  bool gives(const std::string& key) const { return tree_ && config::child(*tree_, key); }
  /// Whether it has a key that was probably meant to be this one.
  bool misspells(const std::string& key) const;
  bool rate_is_older() const;
  void read_optimiser();
  void read_rate();
  void read_schedule();
  std::string here() const { return "[" + reader_.name().text + "]"; }

  Reading& reading_;
  config::SectionReader& reader_;
  const config::Tree* tree_;
  const Updates* general_;
  Updates updates_;
  float default_rate_ = 0;  // of the optimiser that this section chooses
  std::set<std::string> repeated_;
};

}  // namespace pipeline::experiment
