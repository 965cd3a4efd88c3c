#include "config/include.hpp"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <optional>

#include "base/utf8.hpp"
#include "config/edit.hpp"
#include "config/line.hpp"
#include "config/reader.hpp"

namespace pipeline::config {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMegabytes = 64;  // a pipeline file of that size is something else

std::string contents(const fs::path& file) {
  const auto fail = [&](int error) { throw CannotRead(file, std::generic_category().message(error)); };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(std::fopen(file.c_str(), "rb"), &std::fclose);
  if (!stream) fail(errno);
  std::string text;
  char chunk[1 << 16];
  errno = 0;
  while (const std::size_t size = std::fread(chunk, 1, sizeof chunk, stream.get())) {
    text.append(chunk, size);
    // One NUL byte shows that this is not text: a dataset given by mistake need not be read to its end.
    if (std::string_view(chunk, size).find('\0') != std::string_view::npos) break;
    if (text.size() > kMegabytes << 20)
      throw CannotRead(file, "it is larger than " + std::to_string(kMegabytes) + " MB; is it a pipeline file?");
  }
  if (std::ferror(stream.get())) fail(errno);
  return text;
}

/// An included file is read again by others, so it must not be a pipe, which would also wait for its writer for ever.
std::string contents_of_included(const fs::path& file) {
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (fs::exists(status) && !fs::is_regular_file(status))
    throw CannotRead(file, std::string("it is a ") +
                               (fs::is_directory(status) ? "folder"
                                : fs::is_fifo(status)    ? "pipe"
                                                         : "device") +
                               ", not a file");
  return contents(file);
}

void drop_sections(Tree& included, const Word& list, Complaints& complaints) {
  const std::vector<std::string> known = names(included);
  for (const Word& name : items(list))
    if (included.erase(name.text) == 0)
      complaints.add(name, "the included file has no section " + base::quoted(name.text) + " to drop",
                     complaints.full() ? "" : suggestion(name.text, known));
}

/// Applies `change` to `base` key by key. A section that names another plugin inherits no keys.
Tree changed(Tree base, const Tree& change) {
  for (const auto& [name, section] : change) {
    Tree* present = child(base, name);
    const Tree* plugin = child(section, "plugin");
    const bool another_plugin = present && plugin && plugin->data().value.text != plugin_of(*present);
    if (another_plugin) present->clear();
    Tree& target = put(base, section.data());
    for (const auto& [key, node] : section) put(target, node.data());
  }
  return base;
}

std::optional<Entry> take_key(Tree* section, const std::string& key) {
  const Tree* node = section ? child(*section, key) : nullptr;
  if (!node) return std::nullopt;
  const Entry entry = node->data();
  section->erase(key);
  return entry;
}

struct Inclusion {
  Complaints& complaints;
  std::vector<fs::path> open;  // as messages show them, the main file first

  Tree read(const fs::path& file, const std::string& text) {
    open.push_back(file);
    Tree own = read_text(text, file.string(), complaints);
    Tree* head = child(own, "pipeline");
    const bool first = head && !head->empty() && head->front().first == "include";
    const std::optional<Entry> include = take_key(head, "include"), drop = take_key(head, "drop");
    if (include && !first)
      complaints.add(include->name, "'include' must be the first key of [pipeline]",
                     "move it to the top; everything after it changes the included pipeline");
    if (drop && !include)
      complaints.add(drop->name, "'drop' without 'include'",
                     "'drop' removes sections of an included file; delete a section of this file instead");
    if (!include) return own;

    Tree included = read_included(include->value, file.parent_path());
    if (drop && !included.empty()) drop_sections(included, drop->value, complaints);
    return changed(included, own);
  }

  Tree read_included(const Word& word, const fs::path& folder) {
    if (word.text.empty()) {
      complaints.add(word, "'include' is empty", "give a pipeline file, relative to this one");
      complaints.leave_unread();
      return {};
    }
    constexpr std::size_t deepest = 16;
    if (open.size() > deepest) {
      complaints.add(word, "more than " + std::to_string(deepest) + " files include each other",
                     "put what they have in common into one file");
      complaints.leave_unread();
      return {};
    }
    const fs::path file = (folder / word.text).lexically_normal();
    std::string chain;
    bool already_included = false;
    for (const fs::path& parent : open) {
      std::error_code unreadable;  // then it is a different file
      already_included |= fs::equivalent(parent, file, unreadable);
      chain += parent.string() + " -> ";
    }
    if (already_included) {
      complaints.add(word, "include cycle: " + base::quoted_path(file.string()) + " is already included",
                     chain + file.string());
      complaints.leave_unread();
      return {};
    }
    try {
      return read(file, contents_of_included(file));
    } catch (const CannotRead& error) {
      complaints.add(word, "cannot read " + base::quoted_path(file.string()) + ": " + error.why,
                     "the path is relative to the including file");
      complaints.leave_unread();
      return {};
    }
  }
};

}  // namespace

CannotRead::CannotRead(const fs::path& file, const std::string& cause)
    : std::runtime_error("cannot read " + base::quoted_path(file.string()) + ": " + cause), why(cause) {}

Source read_with_includes(const fs::path& file, Complaints& complaints) {
  Source source;
  source.text = contents(file);
  source.tree = Inclusion{complaints, {}}.read(file, source.text);
  return source;
}

}  // namespace pipeline::config
