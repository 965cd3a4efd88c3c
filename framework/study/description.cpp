#include "study/description.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>

#include "config/numbers.hpp"
#include "data/error.hpp"
#include "learning/speaking.hpp"
#include "study/fitting.hpp"

namespace pipeline::study {

using config::Complaints;
using config::SectionReader;
using config::Tree;
using config::Word;

namespace {

/// Reads one pipeline; its members are what all sections share.
class Reader {
 public:
  Reader(Description& d, const Tree& tree, plugins::Catalogue& catalogue, Complaints& complaints)
      : d_(d), tree_(tree), catalogue_(catalogue), complaints_(complaints) {}

  void read() {
    check_section_names();
    read_pipeline();
    read_dataset();
    read_network();
    read_training();
    for (const auto& [name, section] : tree_)
      if (name.starts_with("model:")) read_model(name.substr(6), section);
    for (const auto& [name, section] : tree_)
      if (name.starts_with("metric:")) read_metric(name.substr(7), section);
    for (const auto& [name, section] : tree_)
      if (name.starts_with("report:")) read_report(name.substr(7), section);
    check_compared_models(d_, complaints_);
    check_watched_sections(d_, complaints_);
    if (d_.network.sizes.size() > 1) check_plugins(d_, std::nullopt, true, complaints_);
    if (d_.models.empty() && !meant_.contains("model"))
      complaints_.add(first_word(), "there is no [model:NAME] section",
                      "add [model:plain] for a model without regularisers");
  }

  const std::vector<std::string>& refused() const { return refused_; }

 private:
  void check_section_names() {
    static const std::vector<std::string> plain = {"pipeline", "dataset", "network", "training"};
    static const std::vector<std::string> named = {"model", "metric", "report"};
    static const std::vector<std::string> all = {"pipeline", "dataset", "network", "training",
                                                 "model",    "metric",  "report"};
    for (const auto& [name, section] : tree_) {
      const std::string kind = name.substr(0, name.find(':'));
      const bool has_name = name.find(':') != std::string::npos;
      if (has_name ? std::ranges::count(named, kind) : std::ranges::count(plain, name)) continue;
      const Word& word = section.data().name;
      if (std::ranges::count(named, name))
        complaints_.add(word, "section [" + name + "] needs a name", "write [" + name + ":NAME]");
      else if (has_name && std::ranges::count(plain, kind))
        complaints_.add(word, "section [" + kind + "] takes no name", "write [" + kind + "]");
      else
        complaints_.add(word, "unknown section [" + name + "]", config::suggestion(kind, all));
      meant_.insert(config::nearest(kind, all));
    }
  }

  void read_pipeline() {
    SectionReader reader = section("pipeline");
    Parameters p;
    d_.name = d_.file.stem().string();
    p.text("name", d_.name, "names the run folders: letters, digits, _ and -");
    p.whole("seed", d_.seed, at_least(0), "starting weights, batches and regularisers hang on it");
    std::filesystem::path plugin_path;
    p.path("plugin_path", plugin_path, "one more folder of plugins");
    reader.take(p);
    std::error_code ignored;
    if (!plugin_path.empty() && !std::filesystem::is_directory(plugin_path, ignored))
      complaints_.add(reader.setting("plugin_path").word, "plugin_path " + plugin_path.string() + " is no folder",
                      "a relative path starts at the folder of this file");
    else if (!plugin_path.empty())
      catalogue_.add_folder(plugin_path);
    const bool plain = !d_.name.empty() && std::ranges::all_of(d_.name, [](unsigned char c) {
      return std::isalnum(c) != 0 || c == '_' || c == '-';
    });
    if (!plain)
      complaints_.add(reader.setting("name").word, "name '" + d_.name + "' is not a plain word",
                      "letters, digits, _ and - only");
    finish(reader);
  }

  void read_dataset() {
    SectionReader reader = section("dataset");
    d_.dataset_word = reader.name();
    Parameters p;
    p.text("plugin", d_.dataset_plugin, "which data set").must_be_given();
    reader.take(p);
    if (!d_.dataset_plugin.empty()) {
      d_.dataset_word = reader.setting("plugin").word;
      d_.dataset = make_dataset(d_.dataset_plugin, d_.dataset_word, false);
    } else if (config::child(tree_, "dataset") && config::child(*config::child(tree_, "dataset"), "plugin"))
      complaints_.add(reader.setting("plugin").word, "plugin is empty", config::suggestion("", datasets(false)));
    Parameters common;
    std::vector<std::string> wrappers;
    common.words("wrappers", wrappers, "what changes the data once it is loaded, innermost first");
    common.whole("validation", d_.validation, at_least(0),
                 "training samples set aside at the end of the set, for metrics with on = validation; 0: none");
    reader.take(common);
    d_.validation_word = reader.setting("validation").word;
    const bool own_keys_known = d_.dataset && read_own(reader, *d_.dataset, d_.dataset_plugin, d_.dataset_word, "");
    read_wrappers(reader, wrappers, reader.setting("wrappers").word);
    own_keys_known ? finish(reader) : keep(reader);
  }

  /// Complains where a comma was left out between the entries of a list; their keys need no word more.
  bool is_one_word(SectionReader& reader, const Word& word, const std::string& entry) {
    std::istringstream in(entry);
    const std::vector<std::string> words(std::istream_iterator<std::string>(in), {});
    if (words.size() < 2) return true;
    complaints_.add(word, "'" + entry + "' is more than one word", "commas stand between the entries of a list");
    for (const std::string& each : words) reader.excuse(each + ".");
    return false;
  }

  void read_wrappers(SectionReader& reader, const std::vector<std::string>& names, const Word list) {
    std::set<std::string> seen;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string& name = names[i];
      const Word word = item(list, i, name);
      if (!seen.insert(name).second) {
        complaints_.add(word, "'" + name + "' stands twice in wrappers", "each wraps the data set once");
        continue;
      }
      if (!is_one_word(reader, word, name)) continue;
      const auto wrapper = std::dynamic_pointer_cast<Wrapper>(make_dataset(name, word, true));
      if (!wrapper || !read_own(reader, *wrapper, name, word, name + "."))
        reader.excuse(name + ".");
      else
        d_.wrappers.push_back({name, wrapper, word});
    }
  }

  /// The parameters of the data set itself or of a wrapper.
  bool read_own(SectionReader& reader, Dataset& dataset, const std::string& plugin, const Word& word,
                const std::string& prefix) {
    Parameters own;
    if (!declare(dataset, own, "dataset", plugin, word)) return false;
    reader.take(own, prefix, plugin);
    for (const Parameter& parameter : own.all())
      if (parameter.type == "path" && !parameter.get().empty()) d_.dataset_paths.emplace_back(parameter.get());
    return true;
  }

  /// A data set, or a wrapper of one; complains where the plugin is the other.
  std::shared_ptr<Dataset> make_dataset(const std::string& name, const Word& word, bool wrapper) {
    const auto known = catalogue_.names("dataset");
    if (std::ranges::find(known, name) == known.end()) {
      complaints_.add(word, (wrapper ? "unknown wrapper '" : "unknown dataset '") + name + "'",
                      config::suggestion(name, datasets(wrapper)));
      return nullptr;
    }
    const auto made = make<Dataset>("dataset", name, word);
    if (!made || wrapper == is_wrapper(*made)) return made;
    if (wrapper)
      complaints_.add(word, "'" + name + "' is a data set by itself and wraps none",
                      config::suggestion("", datasets(true)));
    else
      complaints_.add(word, "'" + name + "' wraps a data set and is none by itself",
                      "name a data set here, and this one in wrappers = " + name);
    return nullptr;
  }

  static bool is_wrapper(const Dataset& dataset) { return dynamic_cast<const Wrapper*>(&dataset) != nullptr; }

  /// Those that are wrappers, or those that are not. Only an object can tell, so all are loaded: for a complaint only.
  std::vector<std::string> datasets(bool wrappers) {
    std::vector<std::string> out;
    for (const std::string& name : catalogue_.names("dataset")) try {
        const learning::Speaks speaks({"dataset", name.c_str(), "make", "", 0});
        if (is_wrapper(*catalogue_.make<Dataset>("dataset", name)) == wrappers) out.push_back(name);
      } catch (const plugins::RefusedPlugin&) {
        // No use suggesting it.
      }
    return out;
  }

  void read_network() {
    SectionReader reader = section("network");
    Parameters p;
    std::vector<std::uint64_t> layers;
    p.wholes("layers", layers, at_least(1).up_to(1'000'000), "units of each layer, inputs first, classes last")
        .must_be_given();
    p.flag("output_bias", d_.network.output_bias, "whether the last layer has biases");
    p.number("start_sd", d_.start.sd, at_least(0), "starting weights: normal, redrawn beyond 2 sd");
    p.number("start_bias", d_.start.biases, any_number(), "every starting bias");
    reader.take(p);
    d_.layers_word = reader.setting("layers").word;
    if (layers.size() < 2 && config::child(tree_, "network") && !complaints_.about(d_.layers_word))
      complaints_.add(d_.layers_word, "layers has fewer than two numbers",
                      "give the inputs and the classes at least: layers = 784, 10");
    d_.network.sizes.assign(layers.begin(), layers.end());
    finish(reader);
  }

  void read_training() {
    SectionReader reader = section("training");
    Parameters p;
    std::string loss = "cross_entropy", kernels = "own";
    p.whole("steps", d_.steps, at_least(0), "updates of every model").must_be_given();
    p.whole("batch_size", d_.batch_size, at_least(1), "images of a batch");
    p.number("learning_rate", learning_rate_, above(0), "constant step size of plain gradient descent");
    p.choice("loss", loss, {"cross_entropy"}, "mean softmax cross-entropy");
    p.choice("kernels", kernels, {"own", "blas"},
             "what computes the products: own kernels, which skip zeros, or OpenBLAS, one thread a call");
    reader.take(p);
    d_.kernels = kernels == "own" ? learning::Kernels::own : learning::Kernels::blas;
    d_.batch_word = reader.setting("batch_size").word;
    finish(reader);
  }

  void read_model(const std::string& name, const Tree& tree) {
    SectionReader reader("model:" + name, &tree, complaints_);
    ModelSection model{name, {}, learning_rate_};
    Parameters p;
    std::vector<std::string> entries;
    p.words("regularisers", entries, "entries of this model's list, in order");
    reader.take(p);
    Parameters rate;
    rate.number("learning_rate", model.learning_rate, above(0), "this model's own step size");
    reader.take(rate, "", "[training]");
    const Word list = reader.setting("regularisers").word;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::string& entry = entries[i];
      const Word word = item(list, i, entry);
      if (!seen.insert(entry).second) {
        complaints_.add(word, "'" + entry + "' stands twice in regularisers",
                        "to use it twice, name this one 'again' and add 'again.plugin = " + entry + "'");
        continue;
      }
      if (!is_one_word(reader, word, entry)) continue;
      if (entry == "learning_rate" || entry == "regularisers" || entry.find('.') != std::string::npos) {
        complaints_.add(word, "'" + entry + "' cannot name an entry of regularisers");
        continue;
      }
      read_entry(reader, entry, word, entries, model);
    }
    check_one_looks_ahead(model);
    const bool has_own_rate = config::child(tree, "learning_rate") != nullptr;
    finish(reader);
    // Written out here it would be the model's own from then on, whatever [training] says.
    if (!has_own_rate)
      std::erase_if(d_.resolved.back().settings, [](const config::Setting& s) { return s.key == "learning_rate"; });
    d_.models.push_back(std::move(model));
  }

  /// Makes further objects of a plugin, with the values that these parameters have now.
  learning::Remake remaker(const std::string& plugin, const Parameters& set) const {
    std::vector<std::pair<std::string, std::string>> values;
    for (const Parameter& p : set.all()) values.emplace_back(p.name, p.get());
    return [make = catalogue_.load("regulariser", plugin).make, values] {
      std::shared_ptr<Regulariser> object(static_cast<Regulariser*>(make()));
      Parameters parameters;
      object->declare(parameters);
      for (const auto& [name, value] : values)
        if (const auto complaint = parameters.find(name)->set(value))
          throw std::logic_error("its own value of " + name + " " + *complaint);
      return object;
    };
  }

  void check_one_looks_ahead(const ModelSection& model) {
    const EntrySection* first = nullptr;
    for (const EntrySection& e : model.regularisers) {
      if (!dynamic_cast<const LookAhead*>(e.object.get())) continue;
      if (first)
        complaints_.add(e.word, "'" + e.name + "' looks ahead, and so does '" + first->name + "'", "one a model");
      first = &e;
    }
  }

  void read_entry(SectionReader& reader, const std::string& entry, const Word& word,
                  const std::vector<std::string>& entries, ModelSection& model) {
    EntrySection e{entry, entry, nullptr, {}, word, {}};
    Parameters naming, common;
    std::vector<std::string> layers = {"all"};
    naming.text("plugin", e.plugin, "the regulariser, if the entry is not named like it");
    reader.take(naming, entry + ".");
    const Word plugin_word = e.plugin == entry ? word : reader.setting(entry + ".plugin").word;
    e.object = make<Regulariser>("regulariser", e.plugin, plugin_word);
    if (e.object) e.scope.biases = e.object->biases_by_default();
    common.words("layers", layers, "all, or layer numbers as in metrics.csv (0 is the inputs)");
    common.flag("biases", e.scope.biases, "whether biases are regularised too");
    reader.take(common, entry + ".");
    read_layers(layers, reader.setting(entry + ".layers").word, e.scope);
    Parameters own;
    if (!e.object || !declare(*e.object, own, "regulariser", e.plugin, plugin_word)) {
      reader.excuse(entry + ".");
      // The keys may be spelled as was meant: the name above is the mistake, and stands corrected there.
      const std::string meant = config::nearest(e.plugin, catalogue_.names("regulariser"));
      if (!meant.empty() && std::ranges::find(entries, meant) == entries.end()) reader.excuse(meant + ".");
    } else {
      reader.take(own, entry + ".", e.plugin);
      e.remake = remaker(e.plugin, own);
      check_layers_touched(e, reader.setting(entry + ".layers").word);
      check_layers_matter(e, reader);
    }
    model.regularisers.push_back(std::move(e));
  }

  /// An entry that never acts would train the same model as none, and say nothing of it.
  void check_layers_touched(const EntrySection& e, const Word& layers) {
    if (d_.network.sizes.size() < 2 || complaints_.about(layers)) return;
    if (learning::Entry(e.name, e.object, e.scope, d_.seed, "").touches_any(d_.network.layers())) return;
    complaints_.add(e.scope.all_layers ? e.word : layers, "'" + e.name + "' would touch no layer of this network",
                    "penalties and updates act on layers 1 to " + std::to_string(d_.network.layers()) +
                        ", changes of activations on hidden layers (0: the inputs)");
  }

  /// Layers or biases that were given to hooks which know none would change nothing, and say nothing of it.
  void check_layers_matter(const EntrySection& e, const SectionReader& reader) {
    const learning::Entry entry(e.name, e.object, e.scope, d_.seed, "");
    const auto refuse = [&](const std::string& key, const std::string& why) {
      const config::Setting& given = reader.setting(e.name + key);
      if (!complaints_.about(given.word))
        complaints_.add(given.word, "'" + e.name + "' " + why + ": " + given.key + " changes nothing", "drop it");
    };
    if (!entry.knows_layers() && !e.scope.all_layers) refuse(".layers", "acts on the whole network or batch");
    if (!entry.on_weights() && e.scope.biases != e.object->biases_by_default()) refuse(".biases", "touches no weights");
  }

  void read_layers(const std::vector<std::string>& words, const Word& at, learning::Scope& scope) {
    if (words == std::vector<std::string>{"all"}) return;
    scope.all_layers = false;
    const std::size_t depth = d_.network.sizes.empty() ? 0 : d_.network.layers();
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::string& text = words[i];
      const auto layer = config::parse_whole(text);
      if (layer && (*layer <= depth || depth == 0))
        scope.layers.insert(*layer);
      else
        complaints_.add(item(at, i, text), "'" + text + "' is not a layer of this network",
                        "all, or numbers from 0 (the inputs) to " + std::to_string(depth));
    }
  }

  void read_metric(const std::string& name, const Tree& tree) {
    SectionReader reader("metric:" + name, &tree, complaints_);
    MetricSection m{name, name, nullptr, {}, 0, kImages, "test", {}};
    m.word = reader.name();
    Parameters p;
    p.text("plugin", m.plugin, "the metric, if the section is not named like it");
    p.whole("every", m.every, at_least(1), "measured before the update of every so many steps, and after the last")
        .must_be_given();
    reader.take(p);
    m.object = make<Metric>("metric", m.plugin, m.plugin == name ? m.word : reader.setting("plugin").word);
    if (!m.object) return keep(reader);
    Parameters own;
    if (!declare(*m.object, own, "metric", m.plugin, m.word)) return keep(reader);
    if (!describe(m)) return keep(reader);
    Parameters samples;
    m.on = m.info.looks == Looks::at_samples ? m.info.on : "test";
    if (m.info.looks == Looks::at_samples)
      samples.choice("on", m.on, {"test", "train", "both", "validation"}, "which images it is measured on");
    if (m.info.looks != Looks::at_weights)
      samples.whole("images", m.images, at_least(1), "of the training images, the first so many");
    reader.take(samples);
    if (m.on == "validation" && d_.validation == 0)
      complaints_.add(reader.setting("on").word, "on = validation, but no images are set aside for it",
                      "add validation = N to [dataset]: so many images come off the training set of all models");
    if (m.info.looks == Looks::at_samples && (m.on == "test" || m.on == "validation")) {
      const config::Setting& given = reader.setting("images");
      if (m.images != kImages && !complaints_.about(given.word))
        complaints_.add(given.word, "images changes nothing where on = " + m.on + ": all of them are measured",
                        "drop it, or measure on = train or both");
    }
    reader.take(own, "", m.plugin);
    if (!describe(m)) return keep(reader);  // once more: what it compares with may be a parameter
    finish(reader);
    d_.metrics.push_back(std::move(m));
  }

  bool describe(MetricSection& m) {
    return attempt("metric", m.plugin, "Metric::describe", "says what it measures", m.word,
                   [&] { m.info = m.object->describe(); });
  }

  void read_report(const std::string& name, const Tree& tree) {
    SectionReader reader("report:" + name, &tree, complaints_);
    ReportSection r{name, name, nullptr, 0, {}};
    r.word = reader.name();
    Parameters p;
    p.text("plugin", r.plugin, "the report, if the section is not named like it");
    p.whole("every", r.every, at_least(0), "written every so many steps; 0: at the end only");
    reader.take(p);
    r.object = make<Report>("report", r.plugin, r.plugin == name ? r.word : reader.setting("plugin").word);
    if (!r.object) return keep(reader);
    Parameters own;
    if (!declare(*r.object, own, "report", r.plugin, r.word)) return keep(reader);
    reader.take(own, "", r.plugin);
    finish(reader);
    for (const ReportSection& other : d_.reports)
      if (other.plugin == r.plugin && parameters_of_report(other.name) == parameters_of_report(name))
        complaints_.add(
            r.word, "[report:" + other.name + "] is the same '" + r.plugin + "', and both would write the same files",
            "drop one of them");
    d_.reports.push_back(std::move(r));
  }

  /// A report's own parameters as resolved: two reports that have them alike do the same.
  std::vector<std::string> parameters_of_report(const std::string& name) const {
    std::vector<std::string> values;
    for (const config::ResolvedSection& section : d_.resolved)
      for (const config::Setting& s : section.settings)
        if (section.name == "report:" + name && s.key != "plugin" && s.key != "every")
          values.push_back(s.key + " = " + s.value);
    return values;
  }

  /// A plugin, or null with a complaint (unknown) or a refusal (found, but of no use) noted.
  template <class Base>
  std::shared_ptr<Base> make(const std::string& kind, const std::string& name, const Word& word) {
    const learning::Speaks speaks({kind.c_str(), name.c_str(), "make", "", 0});
    try {
      return catalogue_.make<Base>(kind, name);
    } catch (const plugins::UnknownPlugin&) {
      const std::vector<std::string> known = catalogue_.names(kind);
      const bool near = !config::nearest(name, known).empty();
      complaints_.add(
          word, "unknown " + kind + " '" + name + "'",
          config::suggestion(name, known) + (near ? "" : "; a library of your own is found with --plugin-path FOLDER"));
    } catch (const plugins::RefusedPlugin& e) {
      refused_.push_back(place_of(word) + e.what());
    }
    return nullptr;
  }

  template <class Plugin>
  bool declare(Plugin& plugin, Parameters& p, const std::string& kind, const std::string& name, const Word& word) {
    return attempt(kind, name, "declare", "declares its parameters", word, [&] { plugin.declare(p); });
  }
  /// False, with a refusal noted, where the plugin throws.
  template <class Call>
  bool attempt(const std::string& kind, const std::string& name, const char* hook, const std::string& doing,
               const Word& word, const Call& call) {
    const learning::Speaks speaks({kind.c_str(), name.c_str(), hook, "", 0});
    const std::string who = place_of(word) + kind + " '" + name + "' fails while it " + doing;
    try {
      call();
      return true;
    } catch (const std::exception& e) {
      refused_.push_back(who + ": " + e.what());
    } catch (...) {
      refused_.push_back(who);
    }
    return false;
  }
  /// "study.ini:21: ", before what a plugin named there does.
  static std::string place_of(const Word& word) {
    return word.place.file + (word.place.line ? ":" + std::to_string(word.place.line) : "") + ": ";
  }

  SectionReader section(const std::string& name) {
    const Tree* tree = config::child(tree_, name);
    return SectionReader(name, tree, !tree && meant_.contains(name) ? unheard_ : complaints_, d_.file.string());
  }
  void finish(SectionReader& reader) {
    reader.finish();
    keep(reader);
  }
  void keep(const SectionReader& reader) { d_.resolved.push_back({reader.name().text, reader.settings()}); }
  Word first_word() const {
    return tree_.empty() ? Word{"", {d_.file.string(), 1, 1, ""}} : tree_.front().second.data().name;
  }

  Description& d_;
  const Tree& tree_;
  plugins::Catalogue& catalogue_;
  Complaints& complaints_;
  float learning_rate_ = 0.1f;
  std::vector<std::string> refused_;
  std::set<std::string> meant_;  // what misspelt sections were meant to be
  Complaints unheard_;           // about absent sections that are there misspelt
};

}  // namespace

namespace {
std::string blamed(const std::string& who, const config::Place& place) {
  return who + " in [dataset] (" + place.file + (place.line ? ":" + std::to_string(place.line) : "") + "): ";
}
}  // namespace

std::string blamed_dataset(const Description& d) {
  return blamed("data set '" + d.dataset_plugin + "'", d.dataset_word.place);
}
std::string blamed_wrapper(const WrapperEntry& w) { return blamed("wrapper '" + w.name + "'", w.word.place); }

Description describe(const std::filesystem::path& file, const std::vector<std::string>& overrides,
                     plugins::Catalogue& catalogue) {
  Description d;
  d.file = file;
  Complaints complaints;
  const Tree tree = config::read_pipeline(file, overrides, complaints);
  if (complaints.unread()) throw config::PipelineTextError(complaints.list());
  Reader reader(d, tree, catalogue, complaints);
  reader.read();
  std::optional<DataShape> shape;
  std::string data_trouble;
  try {
    const learning::Speaks speaks({"dataset", d.dataset_plugin.c_str(), "Dataset::shape", "", 0});
    if (d.dataset) shape = d.dataset->shape();
  } catch (const std::exception& e) {
    data_trouble = blamed_dataset(d) + e.what();
  }
  try {
    if (shape) shape = wrapped_shape(d, *shape, complaints);
  } catch (const data::DataError& e) {
    shape.reset();
    data_trouble = e.what();
  }
  if (shape && d.network.sizes.size() > 1) compare_with_data(d, *shape, true, complaints);
  if (complaints.any()) throw config::PipelineTextError(complaints.list());
  if (!reader.refused().empty()) {
    std::string all;
    for (const std::string& reason : reader.refused()) all += (all.empty() ? "" : "\n") + reason;
    throw plugins::RefusedPlugin(all);
  }
  if (!data_trouble.empty()) throw data::DataError(data_trouble);
  return d;
}

}  // namespace pipeline::study
