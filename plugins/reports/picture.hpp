// A picture is data beside a gnuplot script that draws it as svg and png, runs as it stands and may be
// edited.
#pragma once
#include <charconv>
#include <cmath>
#include <pipeline/report.hpp>
#include <string>
#include <vector>

namespace pipeline::reports {

struct Picture {
  std::string name;  // NAME.gp, NAME.tsv, NAME.svg, NAME.png
  std::string data;  // columns separated by tabs, the first line names them
  std::string script;
};

/// As gnuplot and everything else reads it, whatever the locale.
inline std::string number(double x) {
  if (std::isnan(x)) return "nan";
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, x, std::chars_format::general, 9).ptr};
}

/// A text of a script: in single quotes gnuplot takes every character for itself, but the quote.
inline std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : c == '\n' ? " " : std::string(1, c);
  return out + "'";
}

/// The colours of Okabe and Ito, told apart by colour-blind readers too; a model has the same one in every
/// picture.
inline std::string colour(std::size_t model) {
  static const char* const colours[] = {"0072B2", "E69F00", "009E73", "CC79A7", "56B4E9", "D55E00", "8C7A00"};
  return colours[model % std::size(colours)];
}

inline constexpr const char* grey = "'#6E6E6E'";

struct Frame {
  int width = 1000, height = 460;  // pixels: as wide as a README
};

/// What every script begins with: where it came from, the looks, the loop over svg and png, title and
/// subtitle.
inline std::string opening(const std::string& name, const std::string& title, const std::string& subtitle,
                           const RunResults& results, const Frame& frame) {
  const auto pixels = [&](double y) { return number(1 - y / frame.height); };
  const std::string size = std::to_string(frame.width) + "," + std::to_string(frame.height);
  std::string s =
      "# Drawn by the report 'plots' of pipeline. Edit it and draw again, in this folder:  gnuplot " + name +
      ".gp\nset datafile separator tab\n";
  for (std::size_t m = 0; m < results.models.size(); ++m)
    s += "set linetype " + std::to_string(m + 1) + " lw 2 pt 7 ps 0.5 dt " + std::to_string(1 + m / 7) +
         " lc rgb '#" + colour(m) + "'  # " + results.models[m] + "\n";
  s += "set linetype 100 lw 1.5 dt '.' lc rgb '#000000'  # control\n"
       "set border 3 lc rgb '#9A9A9A'\n"
       "set tics nomirror out scale 0.6 textcolor rgb '#333333'\n"
       "set grid lt 1 lw 0.6 lc rgb '#E3E3E3'\n"
       "\n"
       "do for [kind in 'svg png'] {\n"
       "if (kind eq 'svg') { set terminal svg size " +
       size +
       " font 'sans-serif,13' noenhanced background 'white' }\n"
       "else { set terminal pngcairo size " +
       size +
       " font 'sans,10' noenhanced }\n"
       "set output " +
       quoted(name + ".") +
       ".kind\n"
       "set label 1 " +
       quoted(title) + " at screen 0.015," + pixels(24) +
       " font ',16' tc rgb '#1A1A1A'\n"
       "set label 2 " +
       quoted(subtitle) + " at screen 0.015," + pixels(50) + " tc rgb " + grey +
       "\n"
       "set key at screen 0.012," +
       pixels(64) +
       " left top horizontal Left reverse samplen 2 width 1 tc rgb '#333333'\n"
       "set label 3 " +
       quoted(results.pipeline) + " at screen 0.985," + pixels(24) + " right tc rgb " + grey + "\n";
  return s;
}

/// A round distance between tics that puts about `count` of them on an axis of this length.
inline double tic_distance(double length, int count) {
  const double wanted = length / count, power = std::pow(10, std::floor(std::log10(wanted)));
  for (const double factor : {1., 2., 5.})
    if (factor * power >= wanted) return factor * power;
  return 10 * power;
}

inline const char* const closing = "unset output\n}\n";

}  // namespace pipeline::reports
