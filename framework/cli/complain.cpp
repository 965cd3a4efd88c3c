#include "cli/complain.hpp"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <sstream>

#include "base/utf8.hpp"

namespace pipeline::cli {

bool colours(int file_descriptor) {
  const char* no = std::getenv("NO_COLOR");
  return !(no && *no) && ::isatty(file_descriptor) == 1;
}

namespace {

std::string red(std::string text) {
  const std::string word = "error:";
  if (const std::size_t at = text.find(word); at != std::string::npos && colours(STDERR_FILENO))
    text.replace(at, word.size(), "\033[1;31m" + word + "\033[0m");
  return text;
}

/// A message may contain the text of a plugin or the name of a file: it must neither fill the screen nor control it.
std::string legible(const std::string& message) {
  constexpr std::size_t longest = 20'000;
  const bool fits = message.size() <= longest;
  std::string text;
  std::istringstream lines(fits ? message : message.substr(0, longest) + "...");
  for (std::string line; std::getline(lines, line);) text += base::printable(line) + (lines.eof() ? "" : "\n");
  return text;
}

}  // namespace

void complain(const std::string& message) {
  std::cout << std::flush;  // if both go to one file, earlier output comes first
  std::cerr << red("error: " + legible(message)) << (message.ends_with('\n') ? "" : "\n");
}

void complain(const config::PipelineTextError& error) {
  std::cout << std::flush;
  for (const config::Complaint& complaint : error.complaints) {
    const std::string text = config::as_text(complaint);
    std::cerr << red(text) << (text.ends_with('\n') ? "" : "\n");
  }
  if (error.further > 0) std::cerr << "... and " << error.further << " more\n";
}

void warn(const std::string& message) {
  std::cout << std::flush;
  std::cerr << legible(message) << "\n";
}

}  // namespace pipeline::cli
