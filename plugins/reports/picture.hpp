// A picture is a data file and a gnuplot script that draws it. The script runs as it is and is editable.
#pragma once
#include <algorithm>
#include <cmath>
#include <concepts>
#include <iterator>
#include <map>
#include <pipeline/report.hpp>
#include <string>
#include <string_view>
#include <vector>

#include <pipeline/numbers.hpp>

namespace pipeline::reports {

/// How pictures are drawn, as the parameters of the report say.
struct Look {
  std::vector<std::string> formats = {"svg", "png"};
  std::uint64_t width = 1000, height = 0;  // pixels; height 0: what legend and panels need
  bool log_steps = false, log_values = false;
  std::string title;  // empty: what was measured
};

struct Picture {
  std::string name;  // NAME.gp, NAME.tsv, NAME.svg, ...
  std::string data;  // columns separated by tabs; the first line names them
  std::string script;
};

inline std::string number(double x) { return nine_digits(x); }
template <std::integral Whole>
std::string number(Whole n) {
  return std::to_string(n);
}

/// A string literal for a script: in single quotes gnuplot takes every character literally except the quote.
inline std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c == '\n' ? ' ' : c);
  return out + "'";
}

/// A piece of script in which every <word> that has a value is replaced by it. Values are not expanded themselves.
inline std::string fill(std::string_view piece, const std::map<std::string, std::string, std::less<>>& values) {
  std::string out;
  while (!piece.empty()) {
    const auto open = piece.find('<'), close = piece.find('>', open);
    const auto value = close == piece.npos ? values.end() : values.find(piece.substr(open + 1, close - open - 1));
    const std::size_t plain = std::min(value == values.end() && open != piece.npos ? open + 1 : open, piece.size());
    out += piece.substr(0, plain);
    if (value != values.end()) out += value->second;
    piece.remove_prefix(value != values.end() ? close + 1 : plain);
  }
  return out;
}

/// The colours of Okabe and Ito, which colour-blind readers can distinguish; a model has the same one in all pictures.
inline std::string colour(std::size_t model) {
  static const char* const colours[] = {"0072B2", "E69F00", "009E73", "CC79A7", "56B4E9", "D55E00", "8C7A00"};
  return colours[model % std::size(colours)];
}
/// In print without colour, models differ in marker and dash: 15 markers and 4 dashes repeat together after 60 models.
inline int marker(std::size_t model) {
  static const int markers[] = {7, 5, 13, 9, 15, 4, 12, 8, 14, 6, 11, 1, 2, 3, 10};
  return markers[model % std::size(markers)];
}
inline int dash(std::size_t model) {
  static const int dashes[] = {1, 2, 4, 5};  // 3 is control's
  return dashes[model % std::size(dashes)];
}

/// What the legend calls a model: its name, and how it ended before the others.
inline std::string label(const RunResults& results, const std::string& model) {
  if (results.failures.contains(model)) return model + " (failed)";
  const auto stopped = results.stopped.find(model);
  return stopped == results.stopped.end() ? model : model + " (stopped at " + number(stopped->second) + ")";
}

/// Words in lines that fit into `width` pixels.
inline std::vector<std::string> wrapped(const std::string& text, double width) {
  const auto fit = static_cast<std::size_t>(std::max(width / 7.2, 20.));  // characters
  std::vector<std::string> lines;
  for (std::size_t from = 0; from < text.size();) {
    std::size_t end = text.size();
    if (text.size() - from > fit) {
      end = text.rfind(' ', from + fit);
      if (end == text.npos || end <= from) end = std::min(text.find(' ', from + fit), text.size());
    }
    lines.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

/// Pixels between the edges of a picture and its panels.
inline constexpr double left_edge = 84, right_edge = 20;

/// Title, notes and legend of a picture, and its size.
class Frame {
 public:
  /// `panels` is the height of the panels with everything between and below them. `what` says what is drawn, `how` how
  /// to read it; `legend` has the labels of control and the models, or none.
  Frame(const Look& look, const RunResults& results, const std::string& heading, std::string what,
        const std::string& how, const std::vector<std::string>& legend, double panels)
      : look_(look), results_(results), title_(look.title.empty() ? heading : look.title) {
    if (!look.title.empty()) what = heading + (what.empty() ? "" : ", ") + what;
    for (const std::string& text : {what, how})
      for (std::string& line : wrapped(text, width() - 30)) notes_.push_back(std::move(line));
    std::size_t longest = 0;
    for (const std::string& name : legend) longest = std::max(longest, name.size());
    const double entry = 70 + 7.5 * static_cast<double>(longest);
    const auto in_a_row = static_cast<std::size_t>(std::max((width() - 40) / entry, 1.));
    rows_ = (legend.size() + in_a_row - 1) / in_a_row;
    height_ = std::max(above() + panels, static_cast<double>(look.height));
  }

  double width() const { return static_cast<double>(look_.width); }
  double height() const { return height_; }
  double above() const { return below_notes() + 18 * static_cast<double>(rows_) + 28; }  // the panels

  /// The start of every script: styles, the loop over formats, title, notes and the place of the legend. Line type
  /// m + 1 is model m; the one after the last is control.
  std::string opening(const std::string& name) const {
    std::string types, formats, notes;
    const std::size_t models = results_.models.size();
    for (std::size_t m = 0; m < models; ++m)
      types += fill("set linetype <type> lw 2 pt <marker> ps 0.8 dt <dash> lc rgb '#<colour>'  # <model>\n",
                    {{"type", number(m + 1)},
                     {"marker", number(marker(m))},
                     {"dash", number(dash(m))},
                     {"colour", colour(m)},
                     {"model", results_.models[m]}});
    for (const std::string& format : look_.formats) formats += (formats.empty() ? "" : " ") + format;
    for (std::size_t i = 0; i < notes_.size(); ++i)
      notes += fill("set label <label> <note> at screen <left>,<y> tc rgb '#5A5A5A'\n",
                    {{"label", number(i + 3)},
                     {"note", quoted(notes_[i])},
                     {"left", number(15 / width())},
                     {"y", number(1 - (50 + 18 * static_cast<double>(i)) / height_)}});
    return fill(
        R"(# Written by the report 'plots' of pipeline. To redraw after editing, in this folder:  gnuplot ./<name>.gp
set datafile separator tab
<types>set linetype <control> lw 1.5 pt 7 ps 0.5 dt 3 lc rgb '#000000'  # control
set border 3 lc rgb '#9A9A9A'
set tics nomirror out scale 0.6 textcolor rgb '#333333'
set grid lt 1 lw 0.6 lc rgb '#E3E3E3'

do for [format in '<formats>'] {
if (format eq 'svg') { set terminal svg size <size> font 'sans-serif,13' noenhanced background 'white' }
if (format eq 'png') { set terminal pngcairo size <size> font 'sans,10' noenhanced }
if (format eq 'pdf') { set terminal pdfcairo size <inches> font 'sans,9.4' fontscale 0.78 linewidth 1.3 pointscale 0.8 noenhanced }
set output '<name>.'.format
set label 1 <heading> at screen <left>,<title> font ',16' tc rgb '#1A1A1A'
set label 2 <pipeline> at screen <right>,<title> right tc rgb '#5A5A5A'
<notes>set key at screen <left>,<legend> left top vertical maxrows <rows> Left reverse samplen 3.2 width 1 tc rgb '#333333'
)",
        {{"name", name},
         {"types", types},
         {"control", number(models + 1)},
         {"formats", formats},
         {"size", number(width()) + "," + number(height_)},
         {"inches", number(width() / 100) + "in," + number(height_ / 100) + "in"},
         {"heading", quoted(title_)},
         {"left", number(15 / width())},
         {"right", number(1 - 15 / width())},
         {"title", number(1 - 24 / height_)},
         {"pipeline", quoted(results_.pipeline)},
         {"notes", notes},
         {"legend", number(1 - below_notes() / height_)},
         {"rows", number(std::max<std::size_t>(rows_, 1))}});
  }

  /// A grid of panels; distances are in pixels.
  std::string panels(std::size_t down, std::size_t across, double below, double apart, double rows_apart) const {
    return fill(
        "set multiplot layout <down>,<across> margins <left>,<right>,<below>,<above> spacing "
        "<apart>,<rows_apart>\n",
        {{"down", number(down)},
         {"across", number(across)},
         {"left", number(left_edge / width())},
         {"right", number(1 - right_edge / width())},
         {"below", number(below / height_)},
         {"above", number(1 - above() / height_)},
         {"apart", number(apart / width())},
         {"rows_apart", number(rows_apart / height_)}});
  }

 private:
  double below_notes() const { return 46 + 18 * static_cast<double>(notes_.size()); }

  const Look& look_;
  const RunResults& results_;
  std::string title_;
  std::vector<std::string> notes_;
  std::size_t rows_ = 0;  // of the legend
  double height_ = 0;
};

/// Title, notes and legend appear only in the first panel.
inline constexpr const char* after_first_panel = "unset label; unset key; unset ylabel\n";
inline constexpr const char* closing = "unset multiplot\nunset output\n}\n";

/// A round distance between tics that puts at most `count` of them on an axis of this length.
inline double tic_distance(double length, int count) {
  const double wanted = length / count, power = std::pow(10, std::floor(std::log10(wanted)));
  for (const double factor : {1., 2., 5.})
    if (factor * power >= wanted) return factor * power;
  return 10 * power;
}

/// The tics of a logarithmic axis, as gnuplot takes them: powers of ten; on a short axis also twice and five times these;
/// on a very short one round distances.
inline std::string log_tics(double low, double high) {
  const double decades = std::log10(high / low);
  std::vector<double> tics;
  if (decades < 0.8) {
    const double tic = tic_distance(high - low, 6);
    for (double n = std::ceil(low / tic); n * tic <= high; ++n) tics.push_back(n * tic);
  } else {
    const double apart = std::max(std::ceil(decades / 8), 1.);  // in decades
    for (double power = std::floor(std::log10(low)); power <= std::log10(high); power += apart)
      for (const double factor : {1., 2., 5.})
        if (const double tic = factor * std::pow(10, power); tic >= low && tic <= high && (factor == 1 || decades < 3))
          tics.push_back(tic);
  }
  std::string text;
  for (const double tic : tics) text += (text.empty() ? "" : ", ") + number(tic);
  return "(" + text + ")";
}

}  // namespace pipeline::reports
