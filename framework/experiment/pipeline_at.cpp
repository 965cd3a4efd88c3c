#include "experiment/pipeline_at.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "config/edit.hpp"
#include "config/line.hpp"
#include "config/overrides.hpp"

namespace pipeline::experiment {

namespace {

/// The value of a key, with the place where its axis is written: relative paths start from that file.
void place_at(config::Tree& tree, const Axis& axis) {
  const std::size_t dot = axis.key.find('.');
  config::Tree* const section = config::child(tree, axis.key.substr(0, dot));
  config::Tree* const key = section ? config::child(*section, axis.key.substr(dot + 1)) : nullptr;
  if (key && axis.word.place.in_a_file()) key->data().value.place = axis.word.place;
}

/// A complaint about the override that sets an axis is one about the axis, where that is written in a file.
void point_at_axis(config::Complaint& complaint, const Axes& axes) {
  const auto axis = std::ranges::find(axes.all, complaint.subject, &Axis::key);
  if (!complaint.place.on_command_line() || axis == axes.all.end() || !axis->word.place.in_a_file()) return;
  complaint.place = axis->word.place;
  complaint.width = base::characters(axis->key);
  complaint.subject.clear();
}

}  // namespace

Pipeline pipeline_at(const std::filesystem::path& file, const config::Source& source, const Axes& axes,
                     const Point& point, plugins::Catalogue& catalogue) {
  config::Source at = source;
  at.tree.erase(config::kSweep);  // it is read once, not for every job
  config::Complaints complaints;
  for (const std::string& word : overrides_of(axes, point)) config::apply_override(at.tree, word, complaints);
  for (const Axis& axis : axes.all) place_at(at.tree, axis);
  try {
    return read_pipeline(file, at, std::move(complaints), catalogue);
  } catch (const config::PipelineTextError& e) {
    std::vector<config::Complaint> list = e.complaints;
    for (config::Complaint& complaint : list) point_at_axis(complaint, axes);
    if (!list.empty()) list.front().message += " (in the job with " + text_of(axes, point) + ")";
    throw config::PipelineTextError(std::move(list), e.further);
  }
}

}  // namespace pipeline::experiment
