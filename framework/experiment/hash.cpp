#include "experiment/hash.hpp"

#include "base/sha256.hpp"

namespace pipeline::experiment {

std::string configuration_hash(const Pipeline& p, const std::map<std::string, std::string>& plugins,
                               const std::vector<data::Located>& files) {
  base::Sha256 sum;
  for (const config::ResolvedSection& section : p.resolved) {
    if (section.name.starts_with("report:")) continue;
    for (const config::Setting& s : section.settings)
      if (!s.is_path && !(section.name == "pipeline" && s.key == "name"))
        sum.add(section.name + "." + s.key + "=" + s.value + "\n");
  }
  for (const auto& [plugin, sha256] : plugins)
    if (!plugin.starts_with("report ")) sum.add(plugin + " " + sha256 + "\n");
  for (const data::Located& file : files) sum.add(file.name + " " + file.sha256 + "\n");
  return sum.hex();
}

}  // namespace pipeline::experiment
