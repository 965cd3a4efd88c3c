// What the readers of all sections share while a pipeline file is read: complaints, plugins, and the resolved text.
#pragma once
#include <set>

#include "config/line.hpp"
#include "config/section.hpp"
#include "experiment/pipeline.hpp"

namespace pipeline::experiment {

/// How weights are updated, as [training] or a [model] says.
struct Updates {
  PluginConfig<Optimiser> optimiser;
  base::Word optimiser_word;
  float rate = 0;
  learning::Schedule schedule;
  bool has_own = false;     // of a model: another optimiser than that of [training]
  bool gives_rate = false;  // it is not the default of the optimiser
  bool is_unknown = false;  // the optimiser could not be read, so nothing follows from it
};

class Reading {
 public:
  Reading(Pipeline& result, const config::Tree& text, plugins::Catalogue& available, config::Complaints& found)
      : pipeline(result), tree(text), catalogue(available), complaints(found) {}

  Pipeline& pipeline;
  const config::Tree& tree;
  plugins::Catalogue& catalogue;
  config::Complaints& complaints;
  std::vector<std::string> refused;  // plugins that were found but cannot be used, with the reason
  Updates updates;                   // as [training] says
  // One mistake causes one complaint: nothing is concluded from sections that could not be read as they were meant.
  bool data_unsure = false, training_unsure = false;

  /// The section of that name; if it is missing, all defaults.
  config::SectionReader section(const std::string& name);
  /// Complains about unknown keys, and keeps the section for the resolved pipeline.
  void finish(config::SectionReader& reader);
  /// Keeps it without complaining about keys: they belong to a plugin that could not be read.
  void keep(config::SectionReader& reader);
  /// Complains where keys belong to entries that a list (`regularisers`, `wrappers`) does not name.
  void check_listed(config::SectionReader& reader, const std::string& list, const std::vector<std::string>& entries,
                    plugins::PluginKind kind);
  /// The first word of the file, for complaints about a missing section.
  base::Word first_word() const;

  /// Complains about section names that do not exist.
  void check_section_names();
  /// Whether a misspelt section was probably meant to be of this kind; then none is reported as missing.
  bool meant(const std::string& kind) const { return meant_.contains(kind); }
  /// Whether the file has this section, or may have it under a misspelt name.
  bool has(const std::string& section) const {
    return config::child(tree, section) || meant(section.substr(0, section.find(':')));
  }

  bool is_too_long(const base::Word& list, const std::string& key, std::size_t entries);
  /// Complains where a comma is missing between the entries of a list; their keys get no complaint of their own.
  bool is_one_word(config::SectionReader& reader, const base::Word& word, const std::string& entry);

  /// A new object, or null with a complaint (unknown plugin) or a refusal (found but unusable). No complaint if the name is
  /// doubtful: it stands in for one that could not be read.
  template <class Base>
  std::shared_ptr<Base> make(const std::string& name, const base::Word& word, bool doubtful = false) {
    constexpr plugins::PluginKind kind = plugins::kind_of<Base>;
    try {
      return catalogue.make<Base>(name);
    } catch (const plugins::UnknownPlugin&) {
      if (!doubtful) complain_about_unknown(kind, name, word);
    } catch (const plugins::RefusedPlugin& e) {
      refused.push_back(base::location(word.place) + ": " + e.what());
    }
    return nullptr;
  }
  /// Returns false and notes a refusal if the plugin throws.
  template <class Base>
  bool declare(Base& object, Parameters& parameters, const std::string& name, const base::Word& word) {
    return attempt(plugins::kind_of<Base>, name, "declare", "declares its parameters", word,
                   [&] { object.declare(parameters); });
  }
  /// Sets what was declared, and complains about values; sets `misread` if one is not known. Returns false and notes a
  /// refusal where a declaration makes no sense.
  bool take(config::SectionReader& reader, Parameters& declared, plugins::PluginKind kind, const std::string& name,
            const base::Word& word, bool& misread, const std::string& prefix = "") {
    return attempt(kind, name, "declare", "declares its parameters", word,
                   [&] { misread |= !reader.take(declared, prefix, name); });
  }
  bool attempt(plugins::PluginKind kind, const std::string& name, const char* hook, const std::string& doing,
               const base::Word& word, const std::function<void()>& call);

  /// The plugin with the values that these parameters have now.
  template <class Made, class Base = Made>
  PluginConfig<Made> config_of(const std::string& name, const Parameters& set) {
    PluginConfig<Made> config{name, {}, {}};
    for (const Parameter& p : set.all())
      if (!p.required || p.get() != p.initial) config.values.emplace_back(p.name, p.get());
    plugins::Values changed;  // a new object has its defaults already
    for (const Parameter& p : set.all())
      if (p.get() != p.initial) changed.emplace_back(p.name, p.get());
    config.make = [plugin = catalogue.load(plugins::kind_of<Base>, name), values = std::move(changed)] {
      const auto object = plugins::make_with<Base>(plugin, values);
      return plugins::call({plugins::name_of(plugin.kind), plugin.name.c_str(), "dynamic_cast", "", 0},
                           [&] { return std::dynamic_pointer_cast<Made>(object); });
    };
    return config;
  }

 private:
  void complain_about_section(const base::Word& word, const std::string& kind, const std::string& name,
                              const std::string& near, const std::vector<std::string>& valid);
  void find_missing_heading(config::SectionReader& reader);
  std::string advice_about(const base::Word& key);
  std::string epochs_as_steps(const std::string& key) const;
  void complain_about_unknown(plugins::PluginKind kind, const std::string& name, const base::Word& word);

  std::set<std::string> meant_;
  config::Complaints discarded_;  // about sections that are missing because they are misspelt
};

inline constexpr std::size_t most_entries = 1000, most_sections = 10'000;

// One file each.
void read_dataset(Reading& reading);
void read_network(Reading& reading);
void read_training(Reading& reading);
void read_model(Reading& reading, const std::string& name, const config::Tree& tree);
void read_metric(Reading& reading, const std::string& name, const config::Tree& tree);
void read_report(Reading& reading, const std::string& name, const config::Tree& tree);

}  // namespace pipeline::experiment
