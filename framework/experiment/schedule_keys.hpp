// The keys of a schedule: of the learning rate, or of the strength of a penalty.
#pragma once
#include <pipeline/parameters.hpp>
#include <string>

#include "config/section.hpp"
#include "learning/schedule.hpp"

namespace pipeline::experiment {

/// What the shares of a schedule multiply, for the meaning of its keys: "rate", "strength".
struct ScheduleKeys {
  std::string key;   // "schedule": the others are schedule.warmup, schedule.end, ...
  std::string what;  // "the rate"
  std::string meaning;
};

/// Declares the key that chooses the shape.
Parameter& declare_shape(Parameters& parameters, const ScheduleKeys& keys, std::string& shape);
/// Declares the others. `every` must be given where it is used, unless the schedule has one already.
void declare_details(Parameters& parameters, const ScheduleKeys& keys, learning::Schedule& schedule, bool has_every);
/// Complains about a warm-up that leaves no steps. `key` is that of the shape, with its entry.
void check_warmup(config::SectionReader& reader, const std::string& key, const learning::Schedule& schedule,
                  config::Complaints& complaints);
learning::Schedule::Shape shape_named(const std::string& name);

}  // namespace pipeline::experiment
