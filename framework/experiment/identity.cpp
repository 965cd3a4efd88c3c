#include "experiment/identity.hpp"

#include <algorithm>
#include <set>

#include "base/sha256.hpp"

namespace pipeline::experiment {

namespace {

bool changes_no_number(const std::string& section, const config::Setting& s) {
  return s.is_path || section.starts_with("report:") ||
         (section == "pipeline" && (s.key == "name" || s.key == "checkpoint"));
}

}  // namespace

Identity identity_of(const Pipeline& p, const std::map<std::string, std::string>& plugins,
                     const std::vector<data::Located>& files) {
  Identity identity;
  for (const config::ResolvedSection& section : p.resolved)
    for (const config::Setting& s : section.settings)
      if (!changes_no_number(section.name, s)) identity.emplace_back(section.name + "." + s.key, s.value);
  for (const auto& [plugin, sha256] : plugins)
    if (!plugin.starts_with("report ")) identity.emplace_back("plugin " + plugin, sha256);
  for (const data::Located& file : files) identity.emplace_back("data file " + file.name, file.sha256);
  return identity;
}

std::string configuration_hash(const Pipeline& p, const std::map<std::string, std::string>& plugins,
                               const std::vector<data::Located>& files) {
  base::Sha256 sum;
  for (const auto& [name, value] : identity_of(p, plugins, files)) sum.add(name + "=" + value + "\n");
  return sum.hex();
}

namespace {

/// "model:l2" of "model:l2.lambda"; nothing of a plugin or data file.
std::string section_of(const std::string& name) {
  const std::size_t end = name.find('.');
  return end == name.npos || name.find(' ') < end ? "" : name.substr(0, end);
}

std::set<std::string> sections_of(const Identity& identity) {
  std::set<std::string> sections;
  for (const auto& [name, value] : identity) sections.insert(section_of(name));
  return sections;
}

/// One difference for a whole section that only one of two pipelines has.
std::vector<Difference> by_section(const std::vector<Difference>& all, const std::set<std::string>& before,
                                   const std::set<std::string>& now) {
  std::vector<Difference> out;
  std::set<std::string> seen;
  for (const Difference& d : all) {
    const std::string section = section_of(d.name);
    const bool is_new = !before.contains(section), is_gone = !now.contains(section);
    if (section.empty() || (!is_new && !is_gone))
      out.push_back(d);
    else if (seen.insert(section).second)
      out.push_back({"[" + section + "]", is_new ? "" : "in the pipeline", is_new ? "in the pipeline" : ""});
  }
  return out;
}

}  // namespace

std::vector<Difference> differences(const Identity& before, const Identity& now) {
  const auto value_in = [](const Identity& all, const std::string& name) {
    const auto found = std::ranges::find(all, name, &Identity::value_type::first);
    return found == all.end() ? std::string() : found->second;
  };
  const auto is_in = [](const Identity& all, const std::string& name) {
    return std::ranges::find(all, name, &Identity::value_type::first) != all.end();
  };
  std::vector<Difference> out;
  for (const auto& [name, value] : now)
    if (!is_in(before, name) || value_in(before, name) != value) out.push_back({name, value_in(before, name), value});
  for (const auto& [name, value] : before)
    if (!is_in(now, name)) out.push_back({name, value, ""});
  return by_section(out, sections_of(before), sections_of(now));
}

}  // namespace pipeline::experiment
