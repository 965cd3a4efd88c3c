#include "cli/comparison_text.hpp"

#include <algorithm>
#include <cmath>
#include <pipeline/series.hpp>
#include <sstream>

#include "cli/text_table.hpp"
#include "config/complaint.hpp"

namespace pipeline::cli {

using comparing::Comparison;
using comparing::ComparisonOptions;
using comparing::Estimate;
using comparing::LastValues;
using comparing::Verdict;

namespace {

std::string number(double x, int digits) {
  std::ostringstream out;
  out.precision(digits);
  out << x;
  return out.str();
}

/// With as many decimals as show two digits of the uncertainty; else four significant digits.
std::string rounded(double x, double uncertainty) {
  if (!(uncertainty > 0) || !std::isfinite(uncertainty) || !std::isfinite(x)) return number(x, 4);
  const int decimals = std::clamp(1 - static_cast<int>(std::floor(std::log10(uncertainty))), 0, 12);
  std::ostringstream out;
  out.precision(decimals);
  out << std::fixed << x;
  const std::string text = out.str();
  return text.find_first_not_of("-0.") == text.npos && text.starts_with('-') ? text.substr(1) : text;  // no "-0.00"
}

/// Three digits; less than .0005 is shown as 0, because it may be rounding alone.
std::string effect(double d_z) { return std::isfinite(d_z) ? number(std::abs(d_z) < 5e-4 ? 0 : d_z, 3) : ""; }

double half_width(const Estimate& e) { return (e.interval.high - e.interval.low) / 2; }

std::string interval(const Estimate& e) {
  if (e.n < 2) return "";
  const double width = half_width(e);
  return "[" + rounded(e.interval.low, width) + ", " + rounded(e.interval.high, width) + "]";
}

using Line = std::vector<std::string>;

Line of_model(const std::string& model, const Estimate& e) {
  const double width = half_width(e);
  return {model, std::to_string(e.n), rounded(e.mean, e.n < 2 ? 0 : width), e.n < 2 ? "" : number(e.sd, 2),
          interval(e)};
}

std::vector<double> there(const std::vector<comparing::LastValue>& values) {
  std::vector<double> out;
  for (const auto& v : values)
    if (v) out.push_back(*v);
  return out;
}

std::string heading(const LastValues& values) {
  std::string text = values.metric + (values.layer ? ", layer " + std::to_string(values.layer) : "");
  std::string inside = values.unit;
  if (const std::string words = direction_words(values.better); !words.empty())
    inside += (inside.empty() ? "" : "; ") + words;
  return text + (inside.empty() ? "" : " (" + inside + ")");
}

/// What the same runs would differ by on another test set of this size.
std::string of_other_samples(const LastValues& values, const std::vector<Comparison>& comparisons) {
  std::string text;
  for (const Comparison& c : comparisons) {
    if (c.metric != values.metric || c.layer != values.layer || !c.test) continue;
    const double half = 1.96 * c.test->standard_error;
    text += "  on other test samples: " + c.model + " minus " + c.reference + " " + rounded(c.test->difference, half) +
            " +- " + rounded(half, half) + " (95 %, " + std::to_string(c.test->samples) + " samples" +
            (c.test->p ? ", McNemar p = " + number(*c.test->p, 2) : "") + ")\n";
  }
  return text;
}

/// From which step on the differences show.
std::string onsets(const LastValues& values, const std::vector<Comparison>& comparisons) {
  std::string text;
  for (const Comparison& c : comparisons)
    if (c.metric == values.metric && c.layer == values.layer && c.since)
      text += (text.empty() ? "" : ", ") + c.model + " from step " + std::to_string(*c.since);
  return text.empty() ? "" : "  shows to the end: " + text + " (band over all steps together)\n";
}

}  // namespace

std::string as_text(const std::vector<LastValues>& values, const std::vector<Comparison>& comparisons,
                    const ComparisonOptions& options) {
  std::string text;
  for (const LastValues& v : values) {
    std::string reference = options.reference;
    if (reference.empty() && !v.models.empty()) reference = v.models.front().first;
    const std::string level = number(100 * (1 - options.level()), 4) + " %";
    std::vector<Line> lines = {
        {"model", "n", "mean", "sd", level, "minus " + reference, level, "d_z", "p", "p (Holm)", "wins", "verdict"}};
    for (const auto& [model, by_run] : v.models) {
      const std::vector<double> of = there(by_run);
      if (of.empty()) {  // told only where it is a failure, not where it was not measured
        const auto failed = std::ranges::count(by_run, true, &comparing::LastValue::failed);
        if (failed)
          lines.push_back({model, "0", "failed", "in " + std::to_string(failed) + (failed == 1 ? " run" : " runs")});
        continue;
      }
      Line line = of_model(model, comparing::estimate(of, 1 - options.level()));
      for (const Comparison& c : comparisons) {
        if (c.model != model || c.metric != v.metric || c.layer != v.layer) continue;
        const double width = half_width(c.of_difference);
        const std::size_t n = c.of_difference.n;
        const Line more = {rounded(c.of_difference.mean, n < 2 ? 0 : width),
                           interval(c.of_difference),
                           effect(c.d_z),
                           number(c.p, 2),
                           number(c.p_holm, 2),
                           std::to_string(c.wins) + " of " + std::to_string(n - c.ties),
                           comparing::word_of(c.verdict)};
        line.insert(line.end(), more.begin(), more.end());
      }
      lines.push_back(std::move(line));
    }
    if (lines.size() > 1)
      text += heading(v) + "\n" + text_table(lines) + onsets(v, comparisons) + of_other_samples(v, comparisons) + "\n";
  }
  return text;
}

std::string notes_on(const std::vector<Comparison>& comparisons, const ComparisonOptions& options) {
  std::vector<std::string> notes;
  const auto note = [&](std::string text) {
    if (std::ranges::find(notes, text) == notes.end()) notes.push_back(std::move(text));
  };
  if (comparisons.empty()) return "";
  note(
      "Differences are taken run by run: in each, all models start from the same weights and see the same batches. "
      "Intervals are Student's t; p counts the sign flips that give a sum as large.");
  if (options.looks > 1)
    note("With " + std::to_string(options.looks) + " planned looks, each one tests at " + number(options.level(), 3) +
         " (" + number(options.alpha, 3) + " divided by the number of looks).");
  for (const Comparison& c : comparisons) {
    const std::string of = c.model + " in " + c.metric + (c.layer ? ", layer " + std::to_string(c.layer) : "");
    if (c.verdict == Verdict::untestable)
      note("untestable: with " + std::to_string(c.of_difference.n) + (c.of_difference.n == 1 ? " run" : " runs") +
           ", p cannot fall below " + number(comparing::smallest_p(c.of_difference.n), 3) +
           ", or below that times the number of models after Holm's correction. With " +
           std::to_string(comparing::pairs_testable(c.tested_together, options.level())) + " runs it can.");
    if (c.verdict == Verdict::undecided && c.of_difference.sd > 0) {
      const std::size_t needed = runs_needed(c, options);
      note("undecided: " + of + " differs by " + number(c.of_difference.mean, 2) + ". A difference of " +
           number(detectable_difference(c, options), 2) + " would be found by " + std::to_string(c.of_difference.n) +
           " runs with a chance of 80 %" +
           (needed ? "; one as small as the one seen takes " + std::to_string(needed) + " runs" : "") + ".");
    }
    if (c.dropped) {
      std::string text = of + ": left out are " + std::to_string(c.dropped) + (c.dropped == 1 ? " run" : " runs") +
                         " in which one of the two models has no value";
      if (c.failed) text += ", because it failed in " + std::to_string(c.failed);
      if (c.p_failed_as_worst)
        text += "; with failed models ranked as the worst, p = " + number(*c.p_failed_as_worst, 2);
      note(text + ".");
    }
  }
  std::string text;
  constexpr std::size_t most = 12;
  for (std::size_t i = 0; i < std::min(notes.size(), most); ++i) text += config::folded(notes[i], 0, "  ") + "\n";
  if (notes.size() > most)
    text += "and " + std::to_string(notes.size() - most) + " further notes; --metric NAME shows one metric\n";
  return text;
}

}  // namespace pipeline::cli
