#include "running/run_facts.hpp"

#include "experiment/identity.hpp"

namespace pipeline::running {

results::RunFacts facts_of(const experiment::Pipeline& p, const plugins::Catalogue& catalogue,
                           const RunOptions& options, const LoadedData& loaded) {
  results::RunFacts facts{options.argv,   options.threads, {}, {}, loaded.files, "", loaded.data.class_names,
                          loaded.warnings};
  facts.plugin_hashes = experiment::plugin_hashes(p, catalogue);
  for (const auto& [id, plugin] : catalogue.loaded())
    if (facts.plugin_hashes.contains(id)) facts.plugins.push_back(plugin);
  facts.configuration =
      experiment::configuration_hash(p, facts.plugin_hashes, facts.files).substr(0, experiment::kHashDigits);
  return facts;
}

}  // namespace pipeline::running
