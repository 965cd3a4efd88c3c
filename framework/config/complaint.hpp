// Errors in a pipeline text, with their places. They are collected until everything is checked, then printed by the
// command line.
#pragma once
#include <stdexcept>
#include <string>
#include <vector>

#include "base/place.hpp"

namespace pipeline::config {

using base::Place;
using base::SharedText;
using base::Word;

/// One complaint. Shown as
///   mnist_snr.ini:14:1: error: unknown key 'lerning_rate' in [training]
///      14 | lerning_rate = 0.1
///         | ^~~~~~~~~~~~ did you mean 'learning_rate'?  (valid: batch_size, learning_rate, loss, steps)
/// or, for an override,
///   command line: training.stpes: error: unknown key 'stpes' in [training]
///      | training.stpes=100
///      |          ^~~~~ did you mean 'steps'?  (valid: ...)
struct Complaint {
  Place place;
  std::size_t width = 1;  // characters (not bytes) to underline
  std::string subject;    // of an override: the part before the first '=', without + or ~
  std::string message;    // "unknown key 'lerning_rate' in [training]"
  std::string remedy;     // "did you mean ...", may be empty
};

/// The complaints about one text, in the order in which they were found. The first ones are kept, the others counted: a
/// file of a million mistakes needs no more memory than one of a hundred.
class Complaints {
 public:
  static constexpr std::size_t most_kept = 50;

  void add(const Word& word, std::string message, std::string remedy = "");
  /// Whether another one would only be counted: then it needs no remedy that takes time to find.
  bool full() const { return count_ >= most_kept; }
  std::size_t count() const { return count_; }
  /// Whether a complaint already points at this place: one mistake gets one complaint.
  bool about(const Word& word) const;
  bool any() const { return count_ > 0; }
  /// Part of the text could not be read, so nothing may be reported as missing.
  void leave_unread() { unread_ = true; }
  bool unread() const { return unread_; }
  const std::vector<Complaint>& list() const { return list_; }

 private:
  std::vector<Complaint> list_;
  std::size_t count_ = 0;
  bool unread_ = false;
};

/// Thrown once, after all checks. Sorts the complaints: files in the order of their first complaint, then by line and
/// column; the command line last, in its own order.
struct PipelineTextError : std::runtime_error {
  explicit PipelineTextError(const Complaints& all) : PipelineTextError(all.list(), all.count() - all.list().size()) {}
  explicit PipelineTextError(std::vector<Complaint> list, std::size_t others = 0);
  std::vector<Complaint> complaints;
  std::size_t further;  // that many more were found
};

/// In the format above, without a final newline. Of a long line, only the part around the word is shown.
std::string as_text(const Complaint& complaint);

/// The text broken at spaces into lines of at most 100 columns, unless a single word is longer. It starts in column
/// `from` (counted from 0); every further line starts with `lead`.
std::string folded(const std::string& text, std::size_t from, const std::string& lead);

/// The known word nearest to a mistyped one, or "" if none is near: a Damerau-Levenshtein distance, ignoring case, of
/// at most a third of its length; else the only known word that starts with it or has it between underscores.
std::string nearest(const std::string& word, const std::vector<std::string>& known);
/// "did you mean 'steps'?  (valid: a, b, c)", without the question if no word is near. More than 24 known words are not
/// listed, except those that start with the mistyped one or contain it: (similar: a, b).
std::string suggestion(const std::string& word, std::vector<std::string> known);

}  // namespace pipeline::config
