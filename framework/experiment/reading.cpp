#include "experiment/reading.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>

namespace pipeline::experiment {

using config::SectionReader;
using config::Tree;

SectionReader Reading::section(const std::string& name) {
  const Tree* found = config::child(tree, name);
  return SectionReader(name, found, !found && meant(name) ? discarded_ : complaints, pipeline.file.string());
}

void Reading::finish(SectionReader& reader) {
  reader.finish();
  keep(reader);
}

void Reading::keep(const SectionReader& reader) {
  pipeline.resolved.push_back({reader.name().text, reader.settings()});
}

base::Word Reading::first_word() const {
  return tree.empty() ? base::Word{"", {pipeline.file.string(), 1, 1, ""}} : tree.front().second.data().name;
}

void Reading::check_section_names() {
  static const std::vector<std::string> plain = {"pipeline", "dataset", "network", "training"};
  static const std::vector<std::string> named = {"model", "metric", "report"};
  std::vector<std::string> all = plain;
  all.insert(all.end(), named.begin(), named.end());
  for (const auto& [name, keys] : tree) {
    const std::string kind = name.substr(0, name.find(':'));
    const bool has_name = name.find(':') != std::string::npos;
    if (has_name ? std::ranges::count(named, kind) : std::ranges::count(plain, name)) continue;
    const base::Word& word = keys.data().name;
    if (std::ranges::count(named, name))
      complaints.add(word, "section [" + name + "] needs a name", "write [" + name + ":NAME]");
    else if (has_name && std::ranges::count(plain, kind))
      complaints.add(word, "section [" + kind + "] takes no name", "write [" + kind + "]");
    else
      complaints.add(word, "unknown section [" + name + "]", config::suggestion(kind, all));
    meant_.insert(config::nearest(kind, all));
  }
}

bool Reading::is_one_word(SectionReader& reader, const base::Word& word, const std::string& entry) {
  std::istringstream in(entry);
  const std::vector<std::string> words(std::istream_iterator<std::string>(in), {});
  if (words.size() < 2) return true;
  complaints.add(word, "'" + entry + "' is more than one word", "separate the entries of a list by commas");
  for (const std::string& each : words) reader.excuse(each + ".");
  return false;
}

bool Reading::attempt(plugins::PluginKind kind, const std::string& name, const char* hook, const std::string& doing,
                      const base::Word& word, const std::function<void()>& call) {
  const std::string who = base::location(word.place) + ": " + plugins::title(kind, name) + " fails while it " + doing;
  try {
    plugins::call({plugins::name_of(kind), name.c_str(), hook, "", 0}, call);
    return true;
  } catch (...) {
    refused.push_back(who + ": " + plugins::what_was_thrown());
  }
  return false;
}

void Reading::complain_about_unknown(plugins::PluginKind kind, const std::string& name, const base::Word& word) {
  const std::vector<std::string> known = catalogue.names(kind);
  const bool near = !config::nearest(name, known).empty();
  complaints.add(word, "unknown " + plugins::title(kind, name),
                 config::suggestion(name, known) + (near ? "" : "; --plugin-path FOLDER adds a folder of plugins"));
}

base::Word item(base::Word list, std::size_t index, const std::string& text) {
  std::size_t at = 0;
  for (; index > 0 && at != std::string::npos; --index) at = list.text.find(',', at) + 1;
  if (at = list.text.find(text, at); at != std::string::npos) list.place.column += at;
  list.text = text;
  return list;
}

}  // namespace pipeline::experiment
