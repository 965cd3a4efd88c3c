// A pipeline file, or, between lines "====": a file, another that it may include as b.ini, and overrides, one per line.
// Values are read as parameters of every type. What was understood is written and read again.
#include <pipeline/parameters.hpp>

#include "config/line.hpp"
#include "config/reader.hpp"
#include "config/section.hpp"
#include "experiment/axes.hpp"
#include "fuzz/fuzz.hpp"

namespace {

using namespace pipeline;

/// One parameter of each type.
struct Declared {
  double rate = 0.1;
  std::uint64_t steps = 1;
  bool flag = false;
  std::string choice = "one", text;
  std::filesystem::path path;
  std::vector<std::uint64_t> wholes;
  std::vector<std::string> words;
  Parameters parameters;

  Declared() {
    parameters.number("learning_rate", rate, above(0).up_to(infinity), "a number");
    parameters.whole("steps", steps, at_least(1), "a whole number").must_be_given();
    parameters.flag("shuffle", flag, "yes or no");
    parameters.choice("plugin", choice, {"one", "two"}, "a word");
    parameters.text("name", text, "text").used_if("shuffle", {"yes"});
    parameters.path("file", path, "a file");
    parameters.wholes("layers", wholes, at_least(1), "numbers");
    parameters.words("regularisers", words, "words");
  }
};

config::ResolvedSection understood(const std::string& name, const config::Tree& keys, config::Complaints& complaints) {
  config::SectionReader reader(name, &keys, complaints);
  Declared declared;
  reader.take(declared.parameters);
  Declared of_entry;
  reader.take(of_entry.parameters, "l2.", "l2");
  reader.finish([](const config::Word& key) { return "not " + key.text; });
  return {name, reader.settings()};
}

void check_written(const std::vector<config::ResolvedSection>& sections) {
  config::Complaints none;
  const config::Tree tree = config::read_text(config::as_ini(sections, true), "resolved.ini", none);
  if (none.any()) throw std::logic_error("resolved.ini has mistakes: " + config::as_text(none.list()[0]));
  for (const config::ResolvedSection& section : sections)
    for (const config::Setting& setting : section.settings) {
      const config::Tree* const keys = config::child(tree, section.name);
      const config::Tree* const key = keys ? config::child(*keys, setting.key) : nullptr;
      if (!key || key->data().value.text != setting.value)
        throw std::logic_error("resolved.ini has another value of " + setting.key);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::Folder folder;
  const std::vector<std::string_view> parts = fuzz::parts_of(fuzz::text_of(data, size));
  const auto file = folder.write("a.ini", parts[0]);
  folder.write("b.ini", parts.size() > 1 ? parts[1] : "");
  std::vector<std::string> overrides;
  if (parts.size() > 2)
    for (std::string_view rest = parts[2]; !rest.empty();) {
      overrides.emplace_back(rest.substr(0, rest.find('\n')));
      rest.remove_prefix(std::min(rest.size(), overrides.back().size() + 1));
    }
  fuzz::may_throw<config::CannotRead>([&] {
    config::Complaints complaints;
    const config::Tree tree = config::read_pipeline(file, overrides, complaints).tree;
    std::vector<config::ResolvedSection> sections;
    for (const auto& [name, keys] : tree)
      if (name != config::kSweep) sections.push_back(understood(name, keys, complaints));
    const experiment::Axes axes = experiment::read_axes(tree, complaints);
    if (!complaints.any() && !axes.all.empty() && experiment::points(axes).empty())
      throw std::logic_error("a sweep without points");
    if (complaints.any() && config::PipelineTextError(complaints).what() == std::string())
      throw std::logic_error("complaints without words");
    check_written(sections);
  });
  return 0;
}
