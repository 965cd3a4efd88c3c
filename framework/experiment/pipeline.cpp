#include "experiment/pipeline.hpp"

#include "base/names.hpp"
#include "base/utf8.hpp"
#include "config/line.hpp"
#include "data/error.hpp"
#include "data/stamp.hpp"
#include "experiment/axes.hpp"
#include "experiment/cross_checks.hpp"
#include "experiment/data_shape.hpp"
#include "experiment/memory.hpp"
#include "experiment/pipeline_at.hpp"
#include "experiment/reading.hpp"

namespace pipeline::experiment {

using config::Complaints;
using config::SectionReader;
using config::Tree;

namespace {

/// The folders of plugin_path, each relative to the file that names it.
void add_folders(Reading& reading, const SectionReader& reader, const std::vector<std::string>& given) {
  if (given.empty()) return;
  const base::Word& list = reader.setting("plugin_path").word;
  std::vector<base::Word> words = config::items(list);
  const auto folder_at = [](const base::Word& word) {
    return (config::folder_of(word.place) / word.text).lexically_normal();
  };
  const auto is_folder = [](const std::filesystem::path& folder) {
    std::error_code unreadable;
    return std::filesystem::is_directory(folder, unreadable);
  };
  if (is_folder(folder_at(list))) words = {list};  // one folder, whose name may contain a comma
  for (const base::Word& word : words)
    if (const std::filesystem::path folder = folder_at(word); is_folder(folder))
      reading.catalogue.add_folder(folder);
    else
      reading.complaints.add(word, "plugin_path " + base::quoted_path(folder.string()) + " is not a folder",
                             "a relative path starts from the folder of this file; commas separate folders");
}

/// Puts every folder of its plugins that would not be searched otherwise into the resolved pipeline, which then runs
/// again as it stands.
void resolve_plugin_path(Pipeline& p, const plugins::Catalogue& catalogue) {
  std::string folders;
  for (const std::filesystem::path& folder : catalogue.folders_in_use())
    if (base::printable(folder.string()) == folder.string()) folders += (folders.empty() ? "" : ", ") + folder.string();
  for (config::ResolvedSection& section : p.resolved)
    for (config::Setting& s : section.settings)
      if (section.name == "pipeline" && s.key == "plugin_path") {
        if (s.value.empty() && !folders.empty()) s.origin = "folders of the plugins used";
        s.value = folders;
        s.is_path = true;
      }
}

/// [pipeline] itself.
void read_head(Reading& reading) {
  Pipeline& p = reading.pipeline;
  SectionReader reader = reading.section("pipeline");
  Parameters parameters;
  p.name = p.file.stem().string();
  parameters.text("name", p.name, std::string("names the run folders: ") + base::name_rule);
  parameters.whole("seed", p.seed, at_least(0).up_to(infinity),
                   "determines starting weights, batches and the draws of regularisers");
  std::string checkpoint = "10 min";
  parameters.text("checkpoint", checkpoint,
                  "how often the state of the run is written, for --resume: 10 min, 90 s, 2 h, 500 steps; 0: never");
  std::vector<std::string> folders;
  parameters.words("plugin_path", folders, "more folders of plugins, separated by commas");
  reader.take(parameters);
  add_folders(reading, reader, folders);
  if (const auto interval = checkpoint_interval(checkpoint))
    p.checkpoint = *interval;
  else
    reading.complaints.add(reader.setting("checkpoint").word,
                           "checkpoint " + base::quoted(checkpoint) + " is no interval",
                           "give a whole number and its unit: checkpoint = 10 min (or s, h, steps; 0: never)");
  if (p.name.size() > base::longest_name)
    reading.complaints.add(reader.setting("name").word, "a name of " + std::to_string(p.name.size()) + " characters",
                           "it may have at most " + std::to_string(base::longest_name));
  else if (!base::is_name(p.name) && !reading.complaints.about(reader.setting("name").word))
    reading.complaints.add(reader.setting("name").word, "name " + base::quoted(p.name) + " is not a plain word",
                           std::string("use ") + base::name_rule + " only");
  reading.finish(reader);
}

void read_sections(Reading& reading) {
  reading.check_section_names();
  if (reading.complaints.unread()) return;
  read_head(reading);
  read_dataset(reading);
  read_network(reading);
  read_training(reading);
  for (const auto& [name, section] : reading.tree)
    if (name.starts_with("model:")) read_model(reading, name.substr(6), section);
  for (const auto& [name, section] : reading.tree)
    if (name.starts_with("metric:")) read_metric(reading, name.substr(7), section);
  for (const auto& [name, section] : reading.tree)
    if (name.starts_with("report:")) read_report(reading, name.substr(7), section);
  if (reading.pipeline.models.empty() && !reading.meant("model"))
    reading.complaints.add(reading.first_word(), "there is no [model:NAME] section",
                           "add [model:plain] for a model without regularisers");
}

config::Source read_source(const std::filesystem::path& file, const std::vector<std::string>& overrides,
                           Complaints& complaints) try {
  return config::read_pipeline(file, overrides, complaints);
} catch (const config::CannotRead& e) {
  throw config::PipelineTextError({{{file.string(), 0, 0, ""}, 1, "", "cannot be read: " + e.why, ""}});
}

/// The shape of the data after its wrappers, where that is known without reading it.
std::optional<DataShape> known_shape(const Pipeline& p, Complaints& complaints) {
  if (!p.dataset.plugin.make) return std::nullopt;
  std::optional<DataShape> shape;
  try {
    data::refuse_special_files(p.dataset.files);
    const auto dataset = p.dataset.plugin.make();
    shape = plugins::call({"dataset", p.dataset.plugin.name.c_str(), "Dataset::shape", "", 0},
                          [&] { return dataset->shape(); });
    if (shape) check_shape(*shape);
  } catch (...) {
    throw data::DataError(title(p.dataset) + plugins::what_was_thrown());
  }
  if (!shape) return std::nullopt;
  set_aside_validation(p, *shape, complaints);
  return wrapped_shape(p, *shape, complaints);
}

std::string title(const std::string& what, const base::Place& place) {
  return what + " in [dataset] (" + base::location(place) + "): ";
}

}  // namespace

std::string title(const DatasetConfig& d) { return title("dataset '" + d.plugin.name + "'", d.word.place); }
std::string title(const WrapperConfig& w) { return title("wrapper '" + w.plugin.name + "'", w.word.place); }

Pipeline read_pipeline(const std::filesystem::path& file, const std::vector<std::string>& overrides,
                       plugins::Catalogue& catalogue) {
  Complaints complaints;
  const config::Source source = read_source(file, overrides, complaints);
  return read_pipeline(file, source, std::move(complaints), catalogue);
}

Pipeline read_pipeline(const std::filesystem::path& file, const config::Source& source, Complaints complaints,
                       plugins::Catalogue& catalogue) {
  Pipeline p;
  p.file = file;
  p.text = source.text;
  p.has_sweep = config::child(source.tree, config::kSweep) != nullptr;
  const Axes axes = read_axes(source.tree, complaints);  // every command reports mistakes in [sweep]
  if (complaints.unread()) throw config::PipelineTextError(complaints);
  Reading reading(p, source.tree, catalogue, complaints);
  read_sections(reading);
  if (complaints.unread()) throw config::PipelineTextError(complaints);
  check_compared_models(reading);
  const auto attempt = [&](const auto& check) {  // a plugin that fails in one must not hide what the others find
    try {
      check();
    } catch (const plugins::RefusedPlugin& e) {
      reading.refused.emplace_back(e.what());
    }
  };
  attempt([&] { check_watched_sections(reading); });
  attempt([&] { check_parameters(reading); });
  attempt([&] { check_reports(reading); });
  if (p.network.sizes.size() > 1) attempt([&] { check_plugins(p, std::nullopt, true, complaints); });
  std::string data_error;
  std::optional<DataShape> shape;
  try {
    if (!reading.data_unsure) shape = known_shape(p, complaints);
    if (shape && p.network.sizes.size() > 1) compare_with_data(p, *shape, true, complaints);
  } catch (const data::DataError& e) {
    data_error = e.what();
  }
  check_memory(p, shape, complaints);
  if (complaints.any()) throw config::PipelineTextError(complaints);
  if (!reading.refused.empty()) {
    std::string all;
    for (const std::string& reason : reading.refused) all += (all.empty() ? "" : "\n") + reason;
    throw plugins::RefusedPlugin(all);
  }
  if (!data_error.empty()) throw data::DataError(data_error);
  resolve_plugin_path(p, catalogue);
  if (!axes.all.empty()) {  // for its complaints about the axes
    Point first;
    for (const Axis& axis : axes.all) first.push_back(axis.values.front());
    pipeline_at(file, source, axes, first, catalogue);
  }
  return p;
}

std::map<std::string, std::string> plugin_hashes(const Pipeline& p, const plugins::Catalogue& catalogue) {
  std::map<std::string, std::string> hashes;
  const auto add = [&](const char* kind, const std::string& name) {
    const std::string id = std::string(kind) + " " + name;
    if (const auto plugin = catalogue.loaded().find(id); plugin != catalogue.loaded().end())
      hashes[id] = plugin->second.sha256;
  };
  add("dataset", p.dataset.plugin.name);
  for (const WrapperConfig& w : p.wrappers) add("dataset", w.plugin.name);
  for (const ModelConfig& m : p.models)
    for (const EntryConfig& e : m.regularisers) add("regulariser", e.plugin.name);
  for (const ModelConfig& m : p.models) add("optimiser", m.optimiser.name);
  for (const MetricConfig& m : p.metrics) add("metric", m.plugin.name);
  for (const ReportConfig& r : p.reports) add("report", r.plugin.name);
  return hashes;
}

std::string text_in_one_piece(const Tree& tree, const Pipeline& p) {
  const auto resolved = [&](const std::string& section, const std::string& key) -> const config::Setting* {
    for (const config::ResolvedSection& s : p.resolved)
      if (s.name == section)
        for (const config::Setting& setting : s.settings)
          if (setting.key == key) return &setting;
    return nullptr;
  };
  std::vector<config::ResolvedSection> sections = {{"pipeline", {}}};
  for (const char* key : {"name", "plugin_path"})
    if (const config::Setting* setting = resolved("pipeline", key); setting && !setting->value.empty())
      sections.front().settings.push_back(*setting);
  for (const auto& [name, keys] : tree) {
    if (name == config::kSweep) continue;
    config::ResolvedSection& section = name == "pipeline" ? sections.front() : sections.emplace_back(name);
    for (const auto& [key, node] : keys) {
      if (name == "pipeline" && (key == "name" || key == "plugin_path")) continue;
      const config::Setting* setting = resolved(name, key);
      section.settings.push_back(
          {key, setting && setting->is_path ? setting->value : node.data().value.text, "", false, {}});
    }
  }
  return config::as_ini(sections, false);
}

}  // namespace pipeline::experiment
