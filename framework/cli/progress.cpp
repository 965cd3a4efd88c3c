#include "cli/progress.hpp"
#include "base/utf8.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"

namespace pipeline::cli {

namespace {

// Often enough to show that it is alive, seldom enough not to flood a job's log.
constexpr double kBarSeconds = 0.2, kJsonSeconds = 1, kFirstLineSeconds = 10, kLineSeconds = 60;

std::string fixed(double x, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, x);
  return text;
}

struct TerminalSize {
  std::size_t columns = 80, rows = 24;
};
TerminalSize terminal_size(int descriptor = STDERR_FILENO) {
  winsize size{};
  TerminalSize known;
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0) return known;
  if (size.ws_col) known.columns = size.ws_col;
  if (size.ws_row) known.rows = size.ws_row;
  return known;
}

}  // namespace

std::size_t terminal_columns(int descriptor) { return terminal_size(descriptor).columns; }

std::string duration(double seconds) {
  const auto s = static_cast<long long>(std::llround(std::max(0.0, seconds)));
  if (s < 60) return std::to_string(s) + " s";
  if (s < 3600) return std::to_string(s / 60) + " min " + std::to_string(s % 60) + " s";
  return std::to_string(s / 3600) + " h " + std::to_string(s % 3600 / 60) + " min";
}

ProgressStyle progress_style(const std::string& word) {
  if (word == "bar") return ProgressStyle::bar;
  if (word == "line") return ProgressStyle::line;
  if (word == "json") return ProgressStyle::json;
  if (word == "none") return ProgressStyle::none;
  if (word == "auto") return ::isatty(STDERR_FILENO) == 1 ? ProgressStyle::bar : ProgressStyle::line;
  throw UsageError("--progress must be auto, bar, line, json or none, not " + base::quoted(word));
}

bool RunProgress::is_time() {
  const double since = std::chrono::duration<double>(Clock::now() - last_).count();
  if (style_ == ProgressStyle::none || since < (next_after_ > 0                 ? next_after_
                                                : style_ == ProgressStyle::line ? kFirstLineSeconds
                                                                                : 0))
    return false;
  last_ = Clock::now();
  next_after_ = style_ == ProgressStyle::bar    ? kBarSeconds
                : style_ == ProgressStyle::json ? kJsonSeconds
                                                : kLineSeconds;
  return true;
}

/// A line for each model: name, curve, newest value. None if there is nothing to show yet, or no room for it.
std::vector<std::string> RunProgress::curve_lines(const std::vector<running::ModelProgress>& models) const {
  constexpr std::size_t value = 10, spaces = 6, shortest_name = 4, longest_name = 24;
  const TerminalSize terminal = terminal_size();
  const std::size_t rest = spaces + TextCurve::columns + value + 1;  // a line that ends at the edge may wrap
  if (curves_.empty() || models.size() + 2 > terminal.rows || terminal.columns < rest + shortest_name) return {};
  std::size_t width = shortest_name;
  for (const auto& m : models) width = std::max(width, m.name.size());
  width = std::min({width, longest_name, terminal.columns - rest});
  double low = infinity, high = -infinity;  // of all models, so that their curves can be compared
  for (const auto& [model, curve] : curves_)
    if (!curve.empty()) low = std::min(low, curve.low()), high = std::max(high, curve.high());
  std::vector<std::string> lines;
  for (const auto& m : models) {
    std::string name = m.name.substr(0, width);
    name.resize(width, ' ');
    const auto curve = curves_.find(m.name);
    const std::string drawn =
        curve == curves_.end() ? std::string(TextCurve::columns, ' ') : curve->second.text(low, high, utf8_);
    const std::string newest = !m.failure.empty() ? "stopped" : m.newest ? fixed(*m.newest, 4) : "";
    lines.push_back("  " + name + "  " + drawn + "  " + newest.substr(0, value));
  }
  return lines;
}

void RunProgress::show(const std::vector<running::ModelProgress>& models, std::uint64_t steps, double seconds) {
  if (style_ == ProgressStyle::bar)
    for (const auto& m : models)
      if (m.newest) curves_[m.name].add(m.measured, steps, *m.newest);
  if (!is_time() || models.empty()) return;
  double done = 0, all = 0;
  for (const auto& m : models) {
    done += static_cast<double>(m.step);
    all += static_cast<double>(m.failure.empty() ? steps : m.step);
  }
  const double share = all > 0 ? done / all : 1;
  const double rate = seconds > 0 ? done / static_cast<double>(models.size()) / seconds : 0;
  const double left = done > 0 ? seconds / done * (all - done) : 0;
  if (style_ == ProgressStyle::json) {
    nlohmann::ordered_json j = {
        {"steps", steps}, {"seconds", seconds}, {"steps_per_second", rate}, {"seconds_left", left}};
    if (all > 0 && done == 0) j["seconds_left"] = nullptr;  // not known yet
    for (const auto& m : models) {
      j["models"][m.name] = {{"step", m.step}};
      if (m.newest) j["models"][m.name][value_name_] = *m.newest;
      if (!m.failure.empty()) j["models"][m.name]["failure"] = m.failure;
    }
    std::cerr << j.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << std::endl;
    return;
  }
  std::string values;
  for (const auto& m : models) {
    if (!m.failure.empty())
      values.append("  ").append(m.name).append(" stopped");
    else if (m.newest)
      values.append("  ").append(m.name).append(" ").append(fixed(*m.newest, 4));
  }
  std::string text = fixed(100 * share, 1) + " %  " + fixed(rate, rate < 10 ? 1 : 0) + " steps/s";
  if (done > 0) text += "  " + duration(left) + " left";
  const std::vector<std::string> curves =
      style_ == ProgressStyle::bar ? curve_lines(models) : std::vector<std::string>();
  if (!curves.empty())
    text += "  " + value_name_;
  else if (!values.empty())
    text += "  " + value_name_ + ":" + values;
  if (style_ == ProgressStyle::line) {
    std::cerr << text << std::endl;
    return;
  }
  constexpr std::size_t kBar = 24;
  const auto filled = static_cast<std::size_t>(share * kBar);
  std::string bar = "[";
  bar.append(filled, '=').append(kBar - filled, ' ').append("] ").append(text);
  bar.resize(std::min(bar.size(), terminal_size().columns - 1));  // a wrapped line could not be erased
  for (const std::string& line : curves) bar += "\n" + line;
  std::cerr << erased() + "\r\033[K" + bar << std::flush;  // at once, or it would flicker
  lines_drawn_ = 1 + curves.size();
}

std::string RunProgress::erased() {
  std::string codes;
  for (; lines_drawn_ > 0; --lines_drawn_) codes += lines_drawn_ > 1 ? "\r\033[K\033[A" : "\r\033[K";
  return codes;
}

void RunProgress::clear() {
  if (lines_drawn_ > 0) std::cerr << erased() << std::flush;
}

void SweepProgressShown::show(const sweep::SweepProgress& p) {
  if (style_ == ProgressStyle::none || Clock::now() - last_ < std::chrono::duration<double>(next_after_)) return;
  last_ = Clock::now();
  next_after_ = style_ == ProgressStyle::bar    ? kBarSeconds
                : style_ == ProgressStyle::json ? kJsonSeconds
                                                : kLineSeconds;
  if (style_ == ProgressStyle::json) {
    nlohmann::ordered_json j = {
        {"jobs", p.jobs}, {"done", p.done}, {"failed", p.failed}, {"running", p.running}, {"share", p.share}};
    j["seconds_left"] = p.seconds_left < 0 ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(p.seconds_left);
    std::cerr << j.dump() << std::endl;
    return;
  }
  std::string text = std::to_string(p.done) + " of " + std::to_string(p.jobs) + " jobs done";
  if (p.failed) text += ", " + std::to_string(p.failed) + " failed";
  text += ", " + std::to_string(p.running) + " running, " + fixed(100 * p.share, 1) + " %";
  if (p.seconds_left >= 0) text += ", " + duration(p.seconds_left) + " left";
  if (style_ == ProgressStyle::line) {
    std::cerr << text << std::endl;
    return;
  }
  text.resize(std::min(text.size(), terminal_size().columns - 1));
  std::cerr << "\r\033[K" << text << std::flush;
  bar_drawn_ = true;
}

void SweepProgressShown::clear() {
  if (bar_drawn_) std::cerr << "\r\033[K" << std::flush;
  bar_drawn_ = false;
}

void FetchProgress::show(const std::string& file, std::uint64_t have, std::uint64_t total) {
  constexpr std::uint64_t kStep = 1 << 20;
  if (file != file_) {
    end();
    file_ = file;
    shown_ = 0;
    if (style_ == ProgressStyle::json)
      std::cerr << nlohmann::ordered_json{{"downloading", file}}.dump() << std::endl;
    else if (style_ != ProgressStyle::none)
      std::cerr << "downloading " << file << std::flush;
  }
  if (have < shown_ + kStep) return;
  shown_ = have;
  if (style_ == ProgressStyle::bar)
    std::cerr << "\r\033[Kdownloading " << file << "  " << have / kStep
              << (total ? " of " + std::to_string(total / kStep) : "") << " MB" << std::flush;
}

void FetchProgress::end() {
  if (!file_.empty() && style_ != ProgressStyle::json && style_ != ProgressStyle::none) std::cerr << std::endl;
  file_.clear();
}

}  // namespace pipeline::cli
