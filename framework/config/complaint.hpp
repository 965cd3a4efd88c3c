// What is wrong with a pipeline text, and where: collected until all is known, shown by the command line.
#pragma once
#include <pipeline/network.hpp>  // PIPELINE_API
#include <stdexcept>
#include <string>
#include <vector>

namespace pipeline::config {

/// Where a word stands. In a file: line and column count from 1, `line_text` is the whole line without its
/// end. In an override: file is "command line", line is 0, line_text is the override's bare word, column
/// counts in it. What stands nowhere (an absent section) has an empty file and line 0.
struct PIPELINE_API Place {
  std::string file;
  std::size_t line = 0, column = 0;
  std::string line_text;
  bool on_command_line() const { return line == 0 && file == command_line; }
  bool in_a_file() const { return line > 0; }
  static constexpr const char* command_line = "command line";
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
  std::size_t width = 1;  // characters (not bytes) to underline
  std::string subject;    // for an override: what stands before the first '=', without + or ~
  std::string message;    // "unknown key 'lerning_rate' in [training]"
  std::string remedy;     // "did you mean ...", may be empty
};

/// All complaints of one text, in the order of their places once sorted.
class PIPELINE_API Complaints {
 public:
  void add(const Word& word, std::string message, std::string remedy = "");
  /// Whether a complaint points at that very character: one mistake needs one complaint.
  bool about(const Word& word) const;
  bool any() const { return !list_.empty(); }
  /// Some text could not be read at all: whatever seems to be missing may stand there, and is not complained about.
  void leave_unread() { unread_ = true; }
  bool unread() const { return unread_; }
  const std::vector<Complaint>& list() const { return list_; }

 private:
  std::vector<Complaint> list_;
  bool unread_ = false;
};

/// Thrown once, after everything that can be checked was checked. Sorts: files in the order in which they
/// were first complained about, then line and column; the command line last, in its own order.
struct PIPELINE_API PipelineTextError : std::runtime_error {
  explicit PipelineTextError(std::vector<Complaint> list);
  std::vector<Complaint> complaints;
};

/// As shown above, without a line end. Of a long line only the part around the word.
PIPELINE_API std::string as_text(const Complaint& complaint);

/// The text broken at blanks so that no line passes 100 columns, where a word does not do so by itself. It
/// starts in column `from` (counted from 0); every further line starts with `lead`.
PIPELINE_API std::string folded(const std::string& text, std::size_t from, const std::string& lead);

/// The known word nearest to a mistyped one, or "" if none is near (Damerau-Levenshtein without regard to
/// case, at most a third of its length).
PIPELINE_API std::string nearest(const std::string& word, const std::vector<std::string>& known);
/// "did you mean 'steps'?  (valid: a, b, c)", without the question where nothing is near. Of more than
/// 24 known words only the nearest few are listed.
PIPELINE_API std::string suggestion(const std::string& word, std::vector<std::string> known);

}  // namespace pipeline::config
