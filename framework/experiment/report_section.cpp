// [report:NAME].
#include <algorithm>

#include "base/utf8.hpp"
#include "experiment/reading.hpp"

namespace pipeline::experiment {

using config::SectionReader;

void read_report(Reading& reading, const std::string& name, const config::Tree& tree) {
  SectionReader reader("report:" + name, &tree, reading.complaints);
  ReportConfig r{name, {name, {}, {}}, 0, reader.name()};
  Parameters p;
  p.text("plugin", r.plugin.name, "the report, if the section has another name");
  p.whole("every", r.every, at_least(0), "written at every N-th step; 0: at the end only");
  reader.take(p);
  const std::string plugin = r.plugin.name;
  const auto object =
      reading.make<Report>(plugin, plugin == name ? r.word : reader.setting("plugin").word, reader.unread());
  Parameters own;
  bool misread = false;  // nothing depends on the values of a report
  if (!object || !reading.declare(*object, own, plugin, r.word) ||
      !reading.take(reader, own, plugins::PluginKind::report, plugin, r.word, misread))
    return reading.keep(reader);
  r.plugin = reading.config_of<Report>(plugin, own);
  reading.finish(reader);
  const auto other = std::ranges::find_if(reading.pipeline.reports, [&](const ReportConfig& each) {
    return each.plugin.name == plugin && each.plugin.values == r.plugin.values;
  });
  if (other != reading.pipeline.reports.end())
    reading.complaints.add(
        r.word,
        "[report:" + other->name + "] also has " + base::quoted(plugin) + ", and both would write the same files",
        "remove one of them");
  reading.pipeline.reports.push_back(std::move(r));
}

}  // namespace pipeline::experiment
