#include "experiment/updates.hpp"

#include <algorithm>
#include <cmath>

#include "base/numbers.hpp"
#include "base/utf8.hpp"
#include "config/other_words.hpp"
#include "experiment/schedule_keys.hpp"

namespace pipeline::experiment {

using base::Word;
using learning::Schedule;
using plugins::PluginKind;

Updates UpdateReader::read() {
  if (general_) updates_ = *general_;
  read_optimiser();
  read_rate();
  read_schedule();
  return updates_;
}

bool UpdateReader::misspells(const std::string& key) const {
  return reader_.unread() || std::ranges::any_of(reader_.unknown(), [&](const Word& word) {
           if (word.text.find('.') != word.text.npos) return false;
           const auto meant = config::meant_by(word.text);
           return config::nearest(word.text, {key}) == key || (meant && meant->key == key);
         });
}

void UpdateReader::read_optimiser() {
  Updates& u = updates_;
  Parameters naming;
  std::string name = general_ ? u.optimiser.name : default_optimiser;
  naming.text("optimiser", name, "what turns gradients into updates");
  reader_.take(naming, "", general_ ? "[training]" : "");
  if (general_ && !gives("optimiser")) {
    repeated_.insert("optimiser");
    return;
  }
  const bool inherits = general_ && name == general_->optimiser.name;
  const plugins::Values general = inherits ? u.optimiser.values : plugins::Values();
  u.has_own = general_ && !inherits;
  u.optimiser = {name, {}, {}};
  const Word word = u.optimiser_word = reader_.setting("optimiser").word;  // a copy: reading parameters adds settings
  const std::shared_ptr<Optimiser> object = reading_.make<Optimiser>(name, word, reader_.unread());
  Parameters own;
  const std::string prefix = name + ".";
  bool misread = false;
  u.is_unknown = !object || !reading_.declare(*object, own, name, word) ||
                 !reading_.attempt(PluginKind::optimiser, name, "declare", "declares its parameters", word,
                                   [&] { plugins::set(own, general); }) ||
                 !reading_.take(reader_, own, PluginKind::optimiser, name, word, misread, prefix);
  if (u.is_unknown) return reader_.excuse(prefix);
  for (const auto& [parameter, value] : general)
    if (!gives(prefix + parameter)) repeated_.insert(prefix + parameter);
  u.optimiser = reading_.config_of<Optimiser>(name, own);
  if (inherits) return;
  u.is_unknown =
      !reading_.attempt(PluginKind::optimiser, name, "Optimiser::default_rate", "states its default rate", word, [&] {
        u.rate = default_rate_ = object->default_rate();
        if (!(u.rate > 0) || !std::isfinite(u.rate))
          throw std::logic_error("its default rate " + base::shortest(u.rate) + " is not a number above 0");
      });
  if (!general_ && !gives("optimiser") && misspells("optimiser")) u.is_unknown = true;
}

/// Whether the rate is that of an included file, or of the file, while the optimiser was chosen later. The default
/// optimiser is probably the one that the rate was written for. A file that varies the optimiser in its [sweep] has its
/// rate for all of them.
bool UpdateReader::rate_is_older() const {
  if (!gives("optimiser") || updates_.optimiser.name == default_optimiser) return false;
  const config::Tree* const sweep = config::child(reading_.tree, config::kSweep);
  if (sweep && config::child(*sweep, reader_.name().text + ".optimiser")) return false;
  const base::Place& optimiser = config::child(*tree_, "optimiser")->data().value.place;
  const base::Place& rate = config::child(*tree_, "learning_rate")->data().value.place;
  const bool is_included = rate.file.str() != reading_.pipeline.file.string();
  return rate.in_a_file() && (optimiser.on_command_line() || (is_included && rate.file.str() != optimiser.file.str()));
}

void UpdateReader::read_rate() {
  Updates& u = updates_;
  Parameters rate;
  rate.number("learning_rate", u.rate, above(0), "step size; a schedule multiplies it by a share");
  const bool read = reader_.take(rate, "", general_ && !u.has_own ? "[training]" : u.optimiser.name);
  if (gives("learning_rate")) {
    u.gives_rate = read;
    if (read && !u.is_unknown && (!general_ || u.has_own) && rate_is_older())
      reading_.complaints.add(
          u.optimiser_word,
          here() + " has another optimiser than its learning_rate = " + reader_.setting("learning_rate").value +
              " was written for",
          "give the rate here too: " + reader_.name().text + ".learning_rate=" + base::shortest(default_rate_) +
              " (the default of " + u.optimiser.name + "), or another one");
    return;
  }
  if (general_ && !u.has_own) repeated_.insert("learning_rate");
  const Word& word = u.optimiser_word;
  if (u.has_own && general_->gives_rate && !u.is_unknown && !general_->is_unknown && !misspells("learning_rate"))
    reading_.complaints.add(word,
                            here() + " has an optimiser of its own, but the learning_rate of [training] is meant for " +
                                general_->optimiser.name,
                            "add learning_rate = " + base::shortest(u.rate) + " to " + here() + " (the default of " +
                                u.optimiser.name + "), or another one");
}

void UpdateReader::read_schedule() {
  Updates& u = updates_;
  Schedule& s = u.schedule;
  static const ScheduleKeys keys = {"schedule", "the rate", "how the learning rate changes from step to step"};
  const std::string general = name_of(s.shape);
  std::string shape = general;
  Parameters p;
  declare_shape(p, keys, shape);
  if (!gives("schedule") && (general_ || misspells("schedule"))) {
    reader_.take(p, "", general_ ? "[training]" : "");
    if (general_) repeated_.insert("schedule");
    return;
  }
  const bool inherits = general_ && config::child(*tree_, "schedule")->data().value.text == general;
  if (!inherits) s = {};
  s.steps = reading_.pipeline.steps;
  declare_details(p, keys, s, inherits);
  const bool read = reader_.take(p, "", "");
  s.shape = shape_named(shape);
  for (const Parameter& each : p.all()) {
    if (!p.used(each)) reader_.do_not_offer(each.name);
    if (inherits && !gives(each.name)) repeated_.insert(each.name);
  }
  if (read) check_warmup(reader_, keys.key, s, reading_.complaints);
}

void UpdateReader::check_keys(const std::vector<std::string>& entries) {
  const std::vector<std::string> known = reading_.catalogue.names(PluginKind::optimiser);
  const bool no_schedule = !gives("schedule"), no_optimiser = general_ && !gives("optimiser");
  std::set<std::string> seen;
  for (const Word& key : reader_.unknown()) {
    const std::string of = key.text.substr(0, key.text.find('.'));
    const bool is_schedule = of == "schedule" && no_schedule && (general_ || misspells("schedule")),
               is_optimiser = std::ranges::count(known, of) > 0 && std::ranges::count(entries, of) == 0 &&
                              (of != updates_.optimiser.name || no_optimiser);
    if (of == key.text || (!is_schedule && !is_optimiser)) continue;
    reader_.excuse(key.text);
    const std::string chooser = is_schedule ? "schedule" : "optimiser";
    const bool is_unsure = is_optimiser && !no_optimiser && updates_.is_unknown;
    if (is_unsure || misspells(chooser) || !seen.insert(of).second) continue;
    const std::string choice = chooser + " = " + (is_schedule ? name_of(updates_.schedule.shape) : of);
    reading_.complaints.add(key,
                            base::quoted(key.text) + " has no effect: " + here() +
                                (general_ && !gives(chooser) ? " has no " + chooser + " of its own"
                                                             : " has optimiser = " + updates_.optimiser.name),
                            (gives(chooser) ? "write " + choice : "add " + choice + " to " + here()) + ", or " +
                                reader_.removal(chooser, key.text));
  }
}

}  // namespace pipeline::experiment
