// [model:NAME]: a list of regularisers, their parameters, and the model's own optimiser, learning rate and schedule.
#include <algorithm>

#include "base/numbers.hpp"
#include "base/utf8.hpp"
#include "experiment/schedule_keys.hpp"
#include "experiment/updates.hpp"

namespace pipeline::experiment {

using base::Word;
using config::SectionReader;
using plugins::PluginKind;

namespace {

/// Reads one model. The members are shared by its entries.
class ModelReader {
 public:
  ModelReader(Reading& reading, const std::string& name, const config::Tree& tree)
      : reading_(reading),
        tree_(tree),
        complaints_(reading.complaints),
        network_(reading.pipeline.network),
        reader_("model:" + name, &tree, reading.complaints),
        model_{name, {}},
        updates_(reading, reader_, &tree, &reading.updates) {}

  void read() {
    Parameters p;
    p.words("regularisers", entries_, "entries of this model's list, in order");
    reader_.take(p);
    const Updates updates = updates_.read();
    model_.learning_rate = updates.rate;
    model_.schedule = updates.schedule;
    model_.optimiser = updates.optimiser;
    model_.optimiser_word = updates.optimiser_word;
    const Word list = reader_.setting("regularisers").word;  // a copy: reading entries adds settings
    if (read_entries(list))
      reading_.check_listed(reader_, "regularisers", entries_, PluginKind::regulariser);
    else
      reader_.excuse_entries({});
    updates_.check_keys(entries_);
    reading_.finish(reader_);
    std::erase_if(reading_.pipeline.resolved.back().settings, [&](const config::Setting& s) {
      return without_effect_.contains(s.key) || updates_.repeated().contains(s.key);
    });
    reading_.pipeline.models.push_back(std::move(model_));
  }

 private:
  /// Returns false if the list itself could not be read.
  bool read_entries(const Word& list) {
    if (complaints_.about(list) || reading_.is_too_long(list, "regularisers", entries_.size())) return false;
    const std::vector<Word> words = config::items(list);
    std::set<std::string> seen;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const std::string& entry = entries_[i];
      const Word& word = words.at(i);
      if (!seen.insert(entry).second)
        complaints_.add(word, base::quoted(entry) + " is listed twice in regularisers",
                        "to use it twice, name this one 'again' and add 'again.plugin = " + plugin_of(entry) + "'");
      else if (!reading_.is_one_word(reader_, word, entry))
        continue;
      else if (is_taken(entry)) {
        complaints_.add(word, base::quoted(entry) + " cannot be the name of an entry of regularisers",
                        "name the entry otherwise, and write NAME.plugin = the regulariser");
        reader_.excuse(entry + ".plugin");
      } else
        read_entry(entry, word);
    }
    return true;
  }

  /// Whether the model has keys of this name, or with this name before their dot.
  bool is_taken(const std::string& entry) const {
    return entry == "learning_rate" || entry == "regularisers" || entry == "optimiser" || entry == "schedule" ||
           entry == model_.optimiser.name || entry.find('.') != std::string::npos;
  }

  void read_entry(const std::string& name, const Word& word) {
    EntryConfig e{name, {name, {}, {}}, {}, word};
    Parameters naming, common;
    naming.text("plugin", e.plugin.name, "the regulariser, if the entry has another name");
    e.misread = !reader_.take(naming, name + ".") || reader_.unread();
    const std::string plugin = e.plugin.name;
    const Word plugin_word = plugin == name ? word : reader_.setting(name + ".plugin").word;
    const std::shared_ptr<Regulariser> object = reading_.make<Regulariser>(plugin, plugin_word, reader_.unread());
    const bool usable = object && reading_.attempt(PluginKind::regulariser, plugin, "Regulariser::biases_by_default",
                                                   "says whether it acts on biases", plugin_word,
                                                   [&] { e.scope.biases = object->biases_by_default(); });
    std::vector<std::string> layers = {"all"};
    common.words("layers", layers, "all, or layer numbers as in metrics.csv (0 is the inputs)");
    common.flag("biases", e.scope.biases, "whether biases are regularised too");
    e.misread |= !reader_.take(common, name + ".");
    read_layers(layers, reader_.setting(name + ".layers").word, e.scope);
    read_strength(e);
    Parameters own;
    if (!usable || !reading_.declare(*object, own, plugin, plugin_word) ||
        !reading_.take(reader_, own, PluginKind::regulariser, plugin, plugin_word, e.misread, name + ".")) {
      excuse_keys(name, plugin);
    } else {
      e.plugin = reading_.config_of<Regulariser>(plugin, own);
      check_entry(e, object, layers);
    }
    model_.regularisers.push_back(std::move(e));
  }

  /// Written out only where some key of it is given: nearly every penalty keeps its strength.
  void read_strength(EntryConfig& e) {
    const std::string key = e.name + ".strength_schedule";
    const ScheduleKeys keys = {"strength_schedule", "the strength",
                               "how the strength of a penalty changes over the steps"};
    Parameters p;
    std::string shape = name_of(e.strength.shape);
    declare_shape(p, keys, shape);
    declare_details(p, keys, e.strength, false);
    e.strength.steps = reading_.pipeline.steps;
    const bool read = reader_.take(p, e.name + ".");
    e.misread |= !read;
    e.strength.shape = shape_named(shape);
    if (read) check_warmup(reader_, key, e.strength, complaints_);
    const auto is_given = [&](const Parameter& each) { return config::child(tree_, e.name + "." + each.name); };
    const bool any_given = std::ranges::any_of(p.all(), is_given);
    for (const Parameter& each : p.all()) {
      if (!p.used(each)) reader_.do_not_offer(e.name + "." + each.name);
      if (!any_given) without_effect_.insert(e.name + "." + each.name);
    }
  }

  /// The keys of an unusable plugin get no complaint, nor those of the plugin that its name was probably meant to be.
  void excuse_keys(const std::string& entry, const std::string& plugin) {
    reader_.excuse(entry + ".");
    const std::string meant = config::nearest(plugin, reading_.catalogue.names(PluginKind::regulariser));
    if (!meant.empty() && std::ranges::find(entries_, meant) == entries_.end()) reader_.excuse(meant + ".");
  }

  /// The plugin of an entry that was read already.
  std::string plugin_of(const std::string& entry) const {
    const auto read = std::ranges::find(model_.regularisers, entry, &EntryConfig::name);
    return read == model_.regularisers.end() ? entry : read->plugin.name;
  }

  void read_layers(const std::vector<std::string>& words, const Word& at, learning::Scope& scope) {
    if (words == std::vector<std::string>{"all"}) return;
    if (complaints_.about(at)) return;
    scope.all_layers = false;
    const std::size_t depth = network_.sizes.empty() ? 0 : network_.layers();
    const std::vector<Word> places = config::items(at);
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto layer = base::parse_whole(words[i]);
      if (layer && (*layer <= depth || depth == 0))
        scope.layers.insert(*layer);
      else
        complaints_.add(places.at(i), base::quoted(words[i]) + " is not a layer of this network",
                        "all, or numbers from 0 (the inputs) to " + std::to_string(depth));
    }
  }

  void check_entry(const EntryConfig& e, const std::shared_ptr<Regulariser>& object,
                   const std::vector<std::string>& words) try {
    const learning::Entry entry(e.name, object, e.scope, reading_.pipeline.seed, "");
    if (entry.watcher) reader_.advise_on_missing(e.name + ".", watchable());
    check_effect(e, entry, words);
    check_look_ahead(e, entry);
  } catch (const learning::HookFailure& failure) {  // while it says where it acts
    reading_.refused.push_back(base::location(e.word.place) + ": " + failure.what());
  }

  /// The sections that an entry can watch, as advice.
  std::string watchable() const {
    std::vector<std::string> names;
    const std::string metric = "metric:";
    for (const auto& [section, keys] : reading_.tree)
      if (section.starts_with(metric)) names.push_back(section.substr(metric.size()));
    return names.empty() ? "; this pipeline has none" : " " + config::suggestion("", names);
  }

  /// Complains where the entry, or a key of it, would silently have no effect.
  void check_effect(const EntryConfig& e, const learning::Entry& entry, const std::vector<std::string>& words) {
    const Word& layers = reader_.setting(e.name + ".layers").word;
    if (network_.sizes.size() >= 2 && !complaints_.about(layers) && !entry.touches_any(network_.layers()))
      complaints_.add(e.scope.all_layers ? e.word : layers, "'" + e.name + "' acts on no layer of this network",
                      "penalties and updates act on layers 1 to " + std::to_string(network_.layers()) +
                          ", changes of activations on hidden layers (0: the inputs)");
    else if (network_.sizes.size() >= 2 && !complaints_.about(layers) && entry.knows_layers())
      check_each_layer(e, entry, words, layers);
    // Where it has no effect, a key is a mistake if it is given, and no part of the resolved pipeline if it is not.
    const auto refuse = [&](const std::string& name, const std::string& why) {
      const std::string key = e.name + name;
      without_effect_.insert(key);
      reader_.do_not_offer(key);
      const config::Tree* given = config::child(tree_, key);
      if (given && !complaints_.about(given->data().value))
        complaints_.add(given->data().value, "'" + e.name + "' " + why + ", so " + key + " has no effect",
                        reader_.removal(e.plugin.name == e.name ? "regularisers" : e.name + ".plugin", key));
    };
    if (!entry.knows_layers()) refuse(".layers", "acts on the whole network or batch");
    if (!entry.on_weights()) refuse(".biases", "does not act on weights");
    if (entry.on_weights() && !entry.acts_on_biases) refuse(".biases", "does not act on biases");
    for (const char* of : {"", ".warmup", ".end", ".every", ".factor"})
      if (!entry.has_penalty()) refuse(std::string(".strength_schedule") + of, "is not a penalty");
  }

  /// Complains about layers of a list on which the entry does nothing.
  void check_each_layer(const EntryConfig& e, const learning::Entry& entry, const std::vector<std::string>& layers,
                        const Word& list) {
    const std::vector<Word> places = config::items(list);
    for (std::size_t i = 0; i < layers.size() && !e.scope.all_layers; ++i) {
      if (complaints_.about(places.at(i))) continue;
      const learning::Scope only = {false, {base::parse_whole(layers[i]).value_or(0)}, e.scope.biases};
      learning::Entry there = entry;
      there.scope = only;
      if (!there.touches_any(network_.layers()))
        complaints_.add(places[i], "'" + e.name + "' does nothing on layer " + layers[i],
                        "leave it out of " + e.name + ".layers");
    }
  }

  void check_look_ahead(const EntryConfig& e, const learning::Entry& entry) {
    if (!entry.look_ahead) return;
    if (!looks_ahead_.empty())
      complaints_.add(e.word, "'" + e.name + "' looks ahead, and so does '" + looks_ahead_ + "'",
                      "a model can have one such regulariser");
    looks_ahead_ = e.name;
  }

  Reading& reading_;
  const config::Tree& tree_;
  config::Complaints& complaints_;
  const NetworkShape& network_;
  SectionReader reader_;
  ModelConfig model_;
  UpdateReader updates_;
  std::vector<std::string> entries_;
  std::string looks_ahead_;
  std::set<std::string> without_effect_;  // keys
};

}  // namespace

void read_model(Reading& reading, const std::string& name, const config::Tree& tree) {
  ModelReader(reading, name, tree).read();
}

}  // namespace pipeline::experiment
