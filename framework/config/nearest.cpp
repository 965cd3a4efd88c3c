#include <algorithm>
#include <iterator>
#include <utility>

#include "base/utf8.hpp"
#include "config/complaint.hpp"

namespace pipeline::config {

namespace {

char lower(char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// The number of letters inserted, omitted, replaced or swapped with a neighbour; ignores case.
std::size_t distance(const std::string& a, const std::string& b) {
  const auto same = [&](std::size_t i, std::size_t j) { return lower(a[i - 1]) == lower(b[j - 1]); };
  const auto swapped = [&](std::size_t i, std::size_t j) {
    return i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
  };
  std::vector<std::size_t> before_last, last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) now[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last = std::exchange(last, now);
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + !same(i, j)});
      if (swapped(i, j)) now[j] = std::min(now[j], before_last[j - 2] + 1);
    }
  }
  return now[b.size()];
}

/// Names that people type are shorter, and the cost grows with the square of the length.
constexpr std::size_t longest_compared = 100;

struct Candidate {
  std::size_t distance;
  const std::string* word;
  bool operator<(const Candidate& other) const {
    return distance != other.distance ? distance < other.distance : *word < *other.word;
  }
};

/// The known words within the distance `limit`, the nearest first.
std::vector<Candidate> candidates(const std::string& word, const std::vector<std::string>& known, std::size_t limit) {
  std::vector<Candidate> near;
  if (word.size() > longest_compared) return near;
  for (const std::string& k : known) {
    const std::size_t shortest_possible = std::max(word.size(), k.size()) - std::min(word.size(), k.size());
    if (shortest_possible > limit || k.size() > longest_compared) continue;
    if (const std::size_t d = distance(word, k); d <= limit) near.push_back({d, &k});
  }
  std::sort(near.begin(), near.end());
  return near;
}

/// Whether one of the words that a name consists of starts with this text, ignoring case: "conf" of confusion_matrix,
/// "norm" of batch_norm. Fewer than three letters say too little.
bool similar(const std::string& text, const std::string& name) {
  if (text.size() < 3 || text.size() > name.size()) return false;
  for (std::size_t at = 0; at + text.size() <= name.size(); ++at) {
    const bool starts = at == 0 || name[at - 1] == '_' || name[at - 1] == '.' || name[at - 1] == '-';
    if (starts && std::equal(text.begin(), text.end(), name.begin() + static_cast<std::ptrdiff_t>(at),
                             [&](char a, char b) { return lower(a) == lower(b); }))
      return true;
  }
  return false;
}

/// Of "l2.schedule" the entry's name has to be the same, and the rest similar: "l2.strength_schedule".
std::vector<std::string> similar_ones(const std::string& word, const std::vector<std::string>& known) {
  const std::string entry = word.substr(0, word.rfind('.') + 1);  // npos + 1 is 0
  std::vector<std::string> out;
  std::copy_if(known.begin(), known.end(), std::back_inserter(out), [&](const std::string& k) {
    return std::ranges::equal(entry, k.substr(0, entry.size()), {}, lower, lower) &&
           similar(word.substr(entry.size()), k.substr(entry.size()));
  });
  return out;
}

/// A key whose name all the others continue, as those of a schedule continue its own.
bool all_continue(const std::string& key, const std::vector<std::string>& others) {
  return std::ranges::all_of(others, [&](const std::string& k) { return k == key || k.starts_with(key + "."); });
}

}  // namespace

std::string nearest(const std::string& word, const std::vector<std::string>& known) {
  // Of "dropout.rate" only the last part counts: the entry's name would hide that "biases" is nothing like it.
  const std::size_t last_part = word.size() - (word.rfind('.') + 1);  // npos + 1 is 0
  if (const std::vector<Candidate> near = candidates(word, known, last_part / 3); !near.empty())
    return *near.front().word;
  std::vector<std::string> close = similar_ones(word, known);
  std::ranges::sort(close);
  return !close.empty() && all_continue(close.front(), close) ? close.front() : "";
}

std::string suggestion(const std::string& word, std::vector<std::string> known) {
  constexpr std::size_t most_listed = 24, few = 8;
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  if (known.empty()) return "";

  const std::string near = nearest(word, known);
  std::string text = near.empty() ? "" : "did you mean '" + near + "'?";
  std::vector<std::string> listed = known;
  const bool all = known.size() <= most_listed;
  if (!all) {
    listed = similar_ones(word, known);
    std::erase(listed, near);
    if (listed.size() > few) listed.resize(few);
  }
  if (listed.empty()) return text;
  text += (text.empty() ? "" : "  ") + std::string(all ? "(valid: " : "(similar: ");
  for (std::size_t i = 0; i < listed.size(); ++i) text += (i ? ", " : "") + listed[i];
  return text + ")";
}

}  // namespace pipeline::config
