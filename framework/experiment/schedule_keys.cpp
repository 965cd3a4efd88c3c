#include "experiment/schedule_keys.hpp"

#include <algorithm>

namespace pipeline::experiment {

using learning::Schedule;

Parameter& declare_shape(Parameters& p, const ScheduleKeys& keys, std::string& shape) {
  std::vector<std::string> shapes;
  shapes.reserve(std::size(learning::kShapes));
  for (const Schedule::Shape each : learning::kShapes) shapes.emplace_back(name_of(each));
  return p.choice(keys.key, shape, shapes, keys.meaning);
}

void declare_details(Parameters& p, const ScheduleKeys& keys, Schedule& s, bool has_every) {
  p.whole(keys.key + ".warmup", s.warmup, at_least(0),
          "steps at the start in which " + keys.what + " rises from its full size / warmup");
  p.number(keys.key + ".end", s.end, at_least(0).up_to(1),
           "share of " + keys.what + " that is left after the last step")
      .used_if(keys.key, {"linear", "cosine"});
  Parameter& every =
      p.whole(keys.key + ".every", s.every, at_least(1), "steps after which " + keys.what + " is multiplied by factor")
          .used_if(keys.key, {"step", "exponential"});
  if (!has_every) every.must_be_given();
  p.number(keys.key + ".factor", s.factor, above(0).up_to(1),
           "what " + keys.what + " is multiplied by every so many steps")
      .used_if(keys.key, {"step", "exponential"});
}

void check_warmup(config::SectionReader& reader, const std::string& key, const Schedule& s,
                  config::Complaints& complaints) {
  const base::Word& word = reader.setting(key + ".warmup").word;
  if (s.warmup > 0 && s.steps > 0 && s.warmup >= s.steps && !complaints.about(word))
    complaints.add(word,
                   "a warm-up of " + std::to_string(s.warmup) + " steps leaves none of the " + std::to_string(s.steps) +
                       " steps of the training",
                   key + ".warmup must be below training.steps");
}

Schedule::Shape shape_named(const std::string& name) {
  return *std::ranges::find(learning::kShapes, name, [](Schedule::Shape shape) { return learning::name_of(shape); });
}

}  // namespace pipeline::experiment
