#include "base/csv.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace pipeline::base {

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

namespace {

class Reader {
 public:
  Reader(const std::filesystem::path& file, std::string text) : file_(file), text_(std::move(text)) {
    if (text_.starts_with("\xef\xbb\xbf")) at_ = 3;
  }

  std::vector<CsvRecord> all() {
    std::vector<CsvRecord> records;
    while (at_ < text_.size()) {
      CsvRecord record{line_, {}};
      while (true) {
        record.fields.push_back(field());
        if (at_ >= text_.size() || text_[at_] != ',') break;
        ++at_;
      }
      end_line();
      if (record.fields.size() > 1 || !record.fields.front().empty()) records.push_back(std::move(record));
    }
    return records;
  }

 private:
  std::string field() {
    if (at_ < text_.size() && text_[at_] == '"') return quoted();
    const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    std::string text = text_.substr(at_, end - at_);
    at_ = end;
    return text;
  }
  std::string quoted() {
    const std::size_t first_line = line_;
    std::string text;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '"' && (at_ + 1 == text_.size() || text_[at_ + 1] != '"')) {
        ++at_;
        if (at_ < text_.size() && std::string_view(",\r\n").find(text_[at_]) == std::string_view::npos)
          fail(line_, "text after a closing quote");
        return text;
      }
      if (text_[at_] == '"') ++at_;
      line_ += text_[at_] == '\n';
      text += text_[at_];
    }
    fail(first_line, "a quote that is not closed");
  }
  void end_line() {
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size() && text_[at_] == '\n') ++at_;
    ++line_;
  }
  [[noreturn]] void fail(std::size_t line, const std::string& what) const {
    throw std::runtime_error(file_.string() + ":" + std::to_string(line) + ": " + what);
  }

  const std::filesystem::path& file_;
  std::string text_;
  std::size_t at_ = 0, line_ = 1;
};

}  // namespace

std::vector<CsvRecord> read_csv(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::error_code none;
  if (!in || !std::filesystem::is_regular_file(file, none)) throw std::runtime_error(file.string() + " cannot be read");
  return Reader(file, std::string(std::istreambuf_iterator<char>(in), {})).all();
}

}  // namespace pipeline::base
