// run.json of a run that ends where nothing ordinary can be done any more: on a full disk, or in a signal handler. The
// file was written with spare room, and is overwritten in place.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace pipeline::results {

class LastWords {
 public:
  /// `file` has been written with this size. If the process crashes, it becomes `before`, the reason, `after`.
  /// If it is stopped at once, the file becomes `stopped`.
  LastWords(const std::filesystem::path& file, std::size_t size, std::string before, std::string after,
            std::string stopped = "");
  ~LastWords();
  LastWords(const LastWords&) = delete;
  LastWords& operator=(const LastWords&) = delete;

  /// Overwrites the file, if the text fits.
  bool overwrite(std::string_view text) const;
  /// From now on a crash changes nothing.
  void end();

 private:
  friend void run_crashed(const char* why);
  friend void run_was_stopped();
  int file_;
  std::size_t size_;
  std::string before_, after_, stopped_;
};

/// States in run.json of the run that is going on, if any, that it failed and why; or that it was stopped. Both are
/// async-signal-safe.
void run_crashed(const char* why);
void run_was_stopped();

}  // namespace pipeline::results
