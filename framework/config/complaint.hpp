// What is wrong with a pipeline text, and where: collected until all is known, shown by the command line.
#pragma once
#include <stdexcept>
#include <string>
#include <vector>

namespace pipeline::config {

/// Where a word stands. In a file: line and column count from 1, `line_text` is the whole line without its end.
/// In an override: file is "command line", line is 0, line_text is the override's bare word, column counts in it.
struct Place {
  std::string file;
  std::size_t line = 0, column = 0;
  std::string line_text;
};

struct Word {
  std::string text;
  Place place;
};

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
  std::size_t width = 1;      // characters (not bytes) to underline
  std::string subject;        // for an override: what stands before the first '=', without + or ~
  std::string message;        // "unknown key 'lerning_rate' in [training]"
  std::string remedy;         // "did you mean ...", may be empty
};

/// All complaints of one text, in the order of their places once sorted.
class Complaints {
 public:
  void add(const Word& word, std::string message, std::string remedy = "");
  bool any() const { return !list_.empty(); }
  const std::vector<Complaint>& list() const { return list_; }

 private:
  std::vector<Complaint> list_;
};

/// Thrown once, after everything that can be checked was checked.
struct PipelineTextError : std::runtime_error {
  explicit PipelineTextError(std::vector<Complaint> list);
  std::vector<Complaint> complaints;
};

std::string as_text(const Complaint& complaint);

/// The known word nearest to a mistyped one, or "" if none is near (Damerau-Levenshtein, at most a third of its length).
std::string nearest(const std::string& word, const std::vector<std::string>& known);
/// "did you mean 'steps'?  (valid: a, b, c)", without the question where nothing is near.
std::string suggestion(const std::string& word, std::vector<std::string> known);

}  // namespace pipeline::config
