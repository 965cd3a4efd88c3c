#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/numbers.hpp"
#include "base/utf8.hpp"
#include "cli/command.hpp"
#include "cli/complain.hpp"
#include "cli/text_table.hpp"
#include "comparing/rank_table.hpp"
#include "config/complaint.hpp"

namespace pipeline::cli {

namespace {

using comparing::Judgement;
using comparing::Ranking;
using comparing::RankTable;

Words listed(const std::string& text) {
  Words out;
  std::istringstream in(text);
  for (std::string item; std::getline(in, item, ',');)
    if (!item.empty()) out.push_back(item);
  return out;
}

std::string number(double x) {
  if (std::isnan(x)) return "-";
  std::ostringstream out;
  out.precision(3);
  out << std::fixed << x;
  return out.str();
}

std::string interval(const comparing::Interval& i) { return "[" + number(i.low) + ", " + number(i.high) + "]"; }

nlohmann::ordered_json number_or_null(double x) { return std::isfinite(x) ? nlohmann::ordered_json(x) : nullptr; }

nlohmann::ordered_json as_json(const RankTable& table, const Ranking& ranking) {
  nlohmann::ordered_json environments = nlohmann::ordered_json::object(), measures = nlohmann::ordered_json::object();
  for (const auto& [axis, e] : ranking.environments) environments[axis] = {{"kept", e.kept}, {"dropped", e.dropped}};
  for (const Judgement& j : ranking.judgements) {
    nlohmann::ordered_json psi = nlohmann::ordered_json::object();
    for (const auto& [axis, value] : j.psi) psi[axis] = number_or_null(value);
    measures[j.measure] = {{"direction", j.direction},
                           {"tau_b", number_or_null(j.tau_b)},
                           {"tau_b_low", number_or_null(j.tau_b_interval.low)},
                           {"tau_b_high", number_or_null(j.tau_b_interval.high)},
                           {"Psi", number_or_null(j.Psi)},
                           {"psi", psi},
                           {"sign_error",
                            {{"mean", number_or_null(j.sign_error_mean)},
                             {"p90", number_or_null(j.sign_error_p90)},
                             {"max", number_or_null(j.sign_error_max)},
                             {"low", number_or_null(j.sign_error_interval.low)},
                             {"high", number_or_null(j.sign_error_interval.high)}}},
                           {"information", number_or_null(j.information)}};
  }
  return {{"target", table.target},
          {"runs", table.runs.size()},
          {"left_out", table.left_out},
          {"pairs", {{"kept", ranking.pairs - ranking.pairs_of_noise}, {"dropped", ranking.pairs_of_noise}}},
          {"environments", environments},
          {"measures", measures}};
}

void print(const RankTable& table, const Ranking& ranking) {
  std::cout << "measures of " << table.target << " over " << plural(table.runs.size(), "run");
  if (table.left_out) {
    std::size_t unreached = table.left_out;
    std::string why;
    for (const auto& [column, count] : table.lacking) {
      why += (why.empty() ? "" : ", ") + column + " is missing in " + std::to_string(count);
      unreached -= count;
    }
    if (unreached > 0) why += (why.empty() ? "" : ", ") + std::to_string(unreached) + " do not reach the value of --at";
    std::cout << " (" << table.left_out << " left out: " << why << ")";
  }
  std::cout << "\n\n";
  std::vector<Words> rows = {{"measure", "tau-b", "95 %", "Psi"}};
  for (const std::string& axis : table.axes) rows.front().push_back("psi(" + axis + ")");
  for (const char* title : {"sign error", "95 %", "90th", "max", "information"}) rows.front().push_back(title);
  for (const Judgement& j : ranking.judgements) {
    Words row = {(j.direction < 0 ? "-" : "") + j.measure, number(j.tau_b), interval(j.tau_b_interval), number(j.Psi)};
    for (const std::string& axis : table.axes)
      row.push_back(ranking.environments.at(axis).kept < comparing::kFewEnvironments ? "few" : number(j.psi.at(axis)));
    for (const std::string& cell : {number(j.sign_error_mean), interval(j.sign_error_interval),
                                    number(j.sign_error_p90), number(j.sign_error_max), number(j.information)})
      row.push_back(cell);
    rows.push_back(std::move(row));
  }
  std::cout << text_table(rows) << "\n";
  for (const auto& [axis, e] : ranking.environments)
    std::cout << "environments of " << axis << ": " << e.kept << " kept"
              << (e.dropped ? ", " + std::to_string(e.dropped) +
                                  " dropped, because the target is the same in all of their runs"
                            : "")
              << "\n";
  if (table.drop_noise)
    std::cout << "pairs of runs in the sign errors: " << ranking.pairs - ranking.pairs_of_noise << " kept, "
              << ranking.pairs_of_noise
              << " dropped, because they differ by at most two standard errors on the same test samples\n";
  std::cout << "intervals: bootstrap over " << plural(ranking.configurations, "configuration") << ", "
            << ranking.resamples << " resamples\n";
  if (const std::size_t n = ranking.configurations; n < comparing::kFewConfigurations)
    std::cout << config::folded("warning: with " + plural(n, "configuration") +
                                    " these intervals are too narrow; a bootstrap needs a dozen or more",
                                0, "")
              << "\n";
  std::cout << config::folded(
                   "A measure with - before its name is multiplied by -1: it should fall where the target "
                   "rises. tau-b 1: the measure orders the runs as the target does; 0: no better than "
                   "chance. Sign error .5 is chance. \"few\": fewer than " +
                       std::to_string(comparing::kFewEnvironments) +
                       " environments show nothing. Intervals are of a bootstrap over configurations, with "
                       "all seeds of each; there is no p-value, because runs of one sweep are not drawn "
                       "independently.",
                   0, "")
            << "\n";
}

}  // namespace

int rank(const Words& words) {
  options::options_description visible("options");
  visible.add_options()("target", options::value<std::string>()->value_name("COLUMN"),
                        "what the measures should go with: generalisation_gap.loss")(
      "axes", options::value<std::string>()->value_name("A,B,..."),
      "the columns in which runs differ; of a sweep, all that differ, and model")(
      "measures", options::value<std::string>()->value_name("M,..."),
      "the columns that are judged; all others by default; -M should fall where the target rises")(
      "seed", options::value<std::string>()->value_name("COLUMN"),
      "the column that has the seed; default pipeline.seed, if there is one")(
      "at", options::value<std::string>()->value_name("COLUMN=VALUE"),
      "of a sweep: values at the first step at which a column is at most VALUE, such as loss.train=0.1")(
      "drop-noise",
      "leave pairs of runs out of the sign errors whose target differs by at most two standard\nerrors of the "
      "difference on the same test samples")(
      "format", options::value<std::string>()->default_value("text")->value_name("FORMAT"), "text or json");
  const Parsed parsed(words, "rank SWEEP|TABLE.csv --target COLUMN [options]",
                      "Judges which measures order runs as a target does, over runs that differ in stated axes:\n"
                      "Kendall's tau-b, granulated psi, sign errors and conditional information, with bootstrap\n"
                      "intervals. Columns of a sweep are its metrics, with .LAYER for those of a layer.",
                      visible, "  pipeline rank seeds --target accuracy --measures snr_optimality.1,loss");
  if (parsed.help_given()) return Exit::ok;
  if (parsed.positional().size() != 1) throw UsageError("rank needs one sweep or table: pipeline rank SWEEP|TABLE.csv");
  if (!parsed.has("target")) throw UsageError("rank needs --target COLUMN: what the measures should go with");
  comparing::RankOptions how;
  how.target = parsed.get<std::string>("target");
  if (parsed.has("seed")) how.seed = parsed.get<std::string>("seed"), how.seed_was_given = true;
  how.warn = [](const std::string& warning) { warn("warning: " + warning); };
  if (parsed.has("axes")) how.axes = listed(parsed.get<std::string>("axes"));
  if (parsed.has("measures")) how.measures = listed(parsed.get<std::string>("measures"));
  how.drop_noise = parsed.has("drop-noise");
  if (parsed.has("at")) {
    const std::string word = parsed.get<std::string>("at");
    const std::size_t equals = word.find('=');
    const auto value = equals == word.npos ? std::nullopt : base::parse_real(word.substr(equals + 1));
    if (!value) throw UsageError("--at " + base::quoted(word) + " is not COLUMN=VALUE");
    how.at_column = word.substr(0, equals);
    how.at_most = *value;
  }
  const std::string format = parsed.get<std::string>("format");
  if (format != "text" && format != "json")
    throw UsageError("--format must be text or json, not " + base::quoted(format));
  const std::filesystem::path given = parsed.positional().front();
  std::error_code none;
  if (!std::filesystem::exists(given, none))
    throw UsageError("there is no sweep or table " + base::quoted_path(given.string()));
  try {
    const RankTable table = std::filesystem::is_directory(given, none) ? comparing::table_of_sweep(given, how)
                                                                       : comparing::table_of_csv(given, how);
    if (table.runs.size() < 2)
      throw UsageError(
          "a ranking needs at least two runs; " + plural(table.runs.size(), "run") + " of " +
          std::to_string(table.runs.size() + table.left_out) + " have a value in every column" +
          (how.at_column.empty() ? "" : " and reach " + how.at_column + " <= " + base::shortest(how.at_most)));
    constexpr std::size_t most = 5000;  // every pair of runs is looked at many times
    if (table.runs.size() > most)
      throw UsageError("a ranking takes at most " + std::to_string(most) + " runs; there are " +
                       std::to_string(table.runs.size()));
    const Ranking ranking = comparing::rank(table, 1, comparing::affordable_resamples(table));
    if (format == "json")
      std::cout << as_json(table, ranking).dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)
                << "\n";
    else
      print(table, ranking);
  } catch (const std::invalid_argument& e) {
    throw UsageError(e.what());
  }
  return Exit::ok;
}

}  // namespace pipeline::cli
