#include "cli/complain.hpp"

#include <unistd.h>

#include <cstdlib>
#include <iostream>

namespace pipeline::cli {

bool colours(int file_descriptor) {
  const char* no = std::getenv("NO_COLOR");
  return !(no && *no) && ::isatty(file_descriptor) == 1;
}

namespace {

// A page or two of complaints helps; a thousand do not.
constexpr std::size_t kShown = 50;

std::string red(std::string text) {
  const std::string word = "error:";
  if (const std::size_t at = text.find(word); at != std::string::npos && colours(STDERR_FILENO))
    text.replace(at, word.size(), "\033[1;31m" + word + "\033[0m");
  return text;
}

}  // namespace

void complain(const std::string& message) {
  std::cout << std::flush;  // if both go to one file, earlier output comes first
  std::cerr << red("error: " + message) << (message.ends_with('\n') ? "" : "\n");
}

void complain(const std::vector<config::Complaint>& complaints) {
  std::cout << std::flush;
  for (std::size_t i = 0; i < complaints.size() && i < kShown; ++i) {
    const std::string text = config::as_text(complaints[i]);
    std::cerr << red(text) << (text.ends_with('\n') ? "" : "\n");
  }
  if (complaints.size() > kShown) std::cerr << "... and " << complaints.size() - kShown << " more\n";
}

void warn(const std::string& message) {
  std::cout << std::flush;
  std::cerr << message << "\n";
}

}  // namespace pipeline::cli
