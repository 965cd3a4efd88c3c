#include "sweep/plan.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/sha256.hpp"
#include "config/edit.hpp"
#include "config/line.hpp"
#include "experiment/identity.hpp"
#include "experiment/pipeline_at.hpp"
#include "running/data_for_run.hpp"

namespace pipeline::sweep {
namespace fs = std::filesystem;

using config::Complaints;
using experiment::Axes;
using experiment::Pipeline;
using experiment::Point;

namespace {

/// The comment that opens a pipeline file: its question.
std::string opening_comment(const std::string& text) {
  std::string comment;
  for (std::size_t from = 0; from < text.size() && (text[from] == '#' || text[from] == ';');) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    comment += text.substr(from, end - from) + "\n";
    from = end + 1;
  }
  return comment;
}

/// As it is written, but with the values of axes that are paths absolute.
std::string sweep_section(const config::Tree& tree, const Axes& axes, const std::set<std::string>& paths) {
  std::string text = "\n[sweep]\n";
  const config::Tree* const section = config::child(tree, config::kSweep);
  for (const auto& [key, node] : *section) {
    const auto axis = std::ranges::find(axes.all, key, &experiment::Axis::key);
    text += key + " = ";
    if (axis != axes.all.end() && paths.contains(key)) {
      for (std::size_t i = 0; i < axis->values.size(); ++i)
        text += (i ? ", " : "{") + experiment::list_item(axis->values[i]);
      text += "}\n";
    } else {
      text += node.data().value.text + "\n";
    }
  }
  return text;
}

/// Keys that the command line sets to one value do not vary, whatever the file says.
void drop_fixed_axes(config::Tree& tree, const std::vector<std::string>& overrides) {
  config::Tree* const section = config::child(tree, config::kSweep);
  if (!section) return;
  for (const std::string& word : overrides) {
    const std::string key = word.substr(0, std::min(word.find('='), word.size()));
    const config::Tree* const axis = config::child(*section, key);
    if (axis && !axis->data().value.place.on_command_line()) section->erase(key);
  }
}

/// What determines which files a dataset reads.
std::string dataset_text(const Pipeline& p) {
  std::vector<config::ResolvedSection> sections;
  for (const config::ResolvedSection& section : p.resolved)
    if (section.name == "dataset") sections.push_back(section);
  return config::as_ini(sections, false);
}

/// The value of an axis that is a path, absolute; nothing for others.
std::optional<std::string> path_of(const Pipeline& p, const std::string& axis) {
  const std::size_t dot = axis.find('.');
  for (const config::ResolvedSection& section : p.resolved)
    if (section.name == axis.substr(0, dot))
      for (const config::Setting& s : section.settings)
        if (s.key == axis.substr(dot + 1) && s.is_path) return s.value;
  return std::nullopt;
}

/// Of all that does not vary, and of the keys that do.
std::string folder_hash(const Axes& axes, const experiment::Identity& identity) {
  base::Sha256 sum;
  for (const auto& [name, value] : identity)
    if (std::ranges::find(axes.all, name, &experiment::Axis::key) == axes.all.end()) sum.add(name + "=" + value + "\n");
  for (const experiment::Axis& axis : axes.all) sum.add("axis " + axis.key + "\n");
  return sum.hex().substr(0, experiment::kHashDigits);
}

/// Two points with the same numbers would be one run. Of drawn points, the first is kept.
void refuse_same_jobs(Plan& plan, const Axes& axes) {
  if (std::ranges::any_of(axes.all, &experiment::Axis::is_random)) {
    std::set<std::string> names;
    std::erase_if(plan.jobs, [&](const Job& job) { return !names.insert(job.name).second; });
    return;
  }
  std::map<std::string, const Job*> seen;
  Complaints complaints;
  for (const Job& job : plan.jobs) {
    const auto [first, is_new] = seen.emplace(job.name, &job);
    if (!is_new)
      complaints.add(axes.all.front().word,
                     "the jobs with " + text_of(axes, first->second->point) + " and with " + text_of(axes, job.point) +
                         " are the same: no number depends on what differs",
                     "leave one of them out");
  }
  if (complaints.any()) throw config::PipelineTextError(complaints);
}

}  // namespace

Plan make_plan(const fs::path& file, const std::vector<std::string>& overrides, plugins::Catalogue& catalogue,
               const PlanOptions& options) {
  Complaints complaints;
  config::Source source;
  try {
    source = config::read_pipeline(file, overrides, complaints);
  } catch (const config::CannotRead& e) {
    throw config::PipelineTextError({{{file.string(), 0, 0, ""}, 1, "", "cannot be read: " + e.why, ""}});
  }
  drop_fixed_axes(source.tree, overrides);
  Plan plan;
  plan.file = file;
  plan.axes = experiment::read_axes(source.tree, complaints);
  if (complaints.any()) throw config::PipelineTextError(complaints);
  if (plan.axes.all.empty())
    throw config::PipelineTextError(
        {{{file.string(), 0, 0, ""},
          1,
          "",
          "there is nothing to sweep",
          "name a key and its values: pipeline.seed={1..10}, on the command line or in a [sweep] section"}});

  std::map<std::string, std::vector<data::Located>> files_of;
  experiment::Identity first;
  std::set<std::string> paths;
  for (Point point : points(plan.axes)) {
    if (options.stop_signal && *options.stop_signal != 0) throw Stopped();
    const Pipeline p = pipeline_at(file, source, plan.axes, point, catalogue);
    const std::string dataset = dataset_text(p);
    auto files = files_of.find(dataset);
    if (files == files_of.end())
      files =
          files_of.emplace(dataset, running::load_for_run(p, options.threads, options.fetch, options.warn).files).first;
    const auto plugins = experiment::plugin_hashes(p, catalogue);
    for (std::size_t i = 0; i < point.size(); ++i)
      if (const auto path = path_of(p, plan.axes.all[i].key)) {
        std::ranges::replace(plan.axes.all[i].values, point[i], *path);
        paths.insert(plan.axes.all[i].key);
        point[i] = *path;
      }
    plan.jobs.push_back(
        {experiment::configuration_hash(p, plugins, files->second).substr(0, experiment::kHashDigits), point});
    if (plan.jobs.size() == 1) {
      plan.pipeline = p.name;
      plan.ini = opening_comment(source.text) + text_in_one_piece(source.tree, p);
      first = experiment::identity_of(p, plugins, files->second);
    }
  }
  plan.ini += sweep_section(source.tree, plan.axes, paths);
  plan.source = std::move(source);
  refuse_same_jobs(plan, plan.axes);
  plan.folder = fs::absolute(options.out.empty() ? fs::path("sweeps") / plan.pipeline / folder_hash(plan.axes, first)
                                                 : options.out)
                    .lexically_normal();
  if (plan.folder.filename().empty()) plan.folder = plan.folder.parent_path();
  return plan;
}

Pipeline pipeline_of(const Plan& plan, const Job& job, plugins::Catalogue& catalogue) {
  return pipeline_at(plan.file, plan.source, plan.axes, job.point, catalogue);
}

}  // namespace pipeline::sweep
