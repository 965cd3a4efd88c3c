// A picture is a data file and a gnuplot script that draws it as svg and png. The script runs as it is and is editable.
#pragma once
#include <algorithm>
#include <cmath>
#include <concepts>
#include <iterator>
#include <map>
#include <pipeline/report.hpp>
#include <string>
#include <string_view>

#include <pipeline/numbers.hpp>

namespace pipeline::reports {

struct Picture {
  std::string name;  // NAME.gp, NAME.tsv, NAME.svg, NAME.png
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

inline constexpr int picture_width = 1000;  // pixels, about as wide as a README

/// Rows of the legend, control included: as few as fit the width of a picture.
inline std::size_t legend_rows(const RunResults& results) {
  std::size_t longest = std::string_view("control (untrained)").size();
  for (const std::string& model : results.models) longest = std::max(longest, model.size());
  const std::size_t in_a_row = std::max<std::size_t>(960 / (50 + 7 * longest), 1);
  return results.models.size() / in_a_row + 1;
}

/// The start of every script: styles, the loop over svg and png, title, subtitle and the position of the legend. Line
/// type m + 1 is model m; the one after the last is control.
inline std::string opening(const std::string& name, const std::string& subtitle, const RunResults& results,
                           double height) {
  std::string types;
  const std::size_t models = results.models.size();
  for (std::size_t m = 0; m < models; ++m)
    types += fill(
        "set linetype <type> lw 2 pt 7 ps 0.5 dt <dash> lc rgb '#<colour>'  # <model>\n",
        {{"type", number(m + 1)}, {"dash", number(1 + m / 7)}, {"colour", colour(m)}, {"model", results.models[m]}});
  return fill(
      R"(# Written by the report 'plots' of pipeline. To redraw after editing, in this folder:  gnuplot ./<name>.gp
set datafile separator tab
<types>set linetype <control> lw 1.5 pt 7 ps 0.5 dt '.' lc rgb '#000000'  # control
set border 3 lc rgb '#9A9A9A'
set tics nomirror out scale 0.6 textcolor rgb '#333333'
set grid lt 1 lw 0.6 lc rgb '#E3E3E3'

do for [kind in 'svg png'] {
if (kind eq 'svg') { set terminal svg size <size> font 'sans-serif,13' noenhanced background 'white' }
else { set terminal pngcairo size <size> font 'sans,10' noenhanced }
set output '<name>.'.kind
set label 1 '<name>' at screen 0.015,<title> font ',16' tc rgb '#1A1A1A'
set label 2 <subtitle> at screen 0.015,<below> tc rgb '#6E6E6E'
set label 3 <pipeline> at screen 0.985,<title> right tc rgb '#6E6E6E'
set key at screen 0.012,<legend> left top vertical maxrows <rows> Left reverse samplen 2 width 1 tc rgb '#333333'
)",
      {{"name", name},
       {"types", types},
       {"control", number(models + 1)},
       {"size", number(picture_width) + "," + number(height)},
       {"title", number(1 - 24 / height)},
       {"subtitle", quoted(subtitle)},
       {"below", number(1 - 50 / height)},
       {"legend", number(1 - 64 / height)},
       {"rows", number(legend_rows(results))},
       {"pipeline", quoted(results.pipeline)}});
}

/// Title and legend appear only in the first panel.
inline constexpr const char* after_first_panel =
    "unset label 1; unset label 2; unset label 3; unset key; unset ylabel\n";
inline constexpr const char* closing = "unset multiplot\nunset output\n}\n";

/// A grid of panels; the area it fills is in pixels from the edges of the picture.
inline std::string panels(std::size_t down, std::size_t across, double above, double below, double height, double apart,
                          double rows_apart) {
  return fill(
      "set multiplot layout <down>,<across> margins 0.065,0.98,<below>,<above> spacing "
      "<apart>,<rows_apart>\n",
      {{"down", number(down)},
       {"across", number(across)},
       {"below", number(below / height)},
       {"above", number(1 - above / height)},
       {"apart", number(apart / picture_width)},
       {"rows_apart", number(rows_apart / height)}});
}

/// A round distance between tics that puts at most `count` of them on an axis of this length.
inline double tic_distance(double length, int count) {
  const double wanted = length / count, power = std::pow(10, std::floor(std::log10(wanted)));
  for (const double factor : {1., 2., 5.})
    if (factor * power >= wanted) return factor * power;
  return 10 * power;
}

}  // namespace pipeline::reports
