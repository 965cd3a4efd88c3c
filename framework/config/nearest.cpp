#include <algorithm>
#include <utility>

#include "base/utf8.hpp"
#include "config/complaint.hpp"

namespace pipeline::config {

namespace {

/// The number of letters inserted, omitted, replaced or swapped with a neighbour; ignores case.
std::size_t distance(const std::string& a, const std::string& b) {
  const auto lower = [](char c) { return 'A' <= c && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
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

}  // namespace

std::string nearest(const std::string& word, const std::vector<std::string>& known) {
  const std::vector<Candidate> near = candidates(word, known, word.size() / 3);
  return near.empty() ? "" : *near.front().word;
}

std::string suggestion(const std::string& word, std::vector<std::string> known) {
  constexpr std::size_t most_listed = 24, few = 8;
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  if (known.empty()) return "";

  const std::string near = nearest(word, known);
  std::string text = near.empty() ? "" : "did you mean '" + near + "'?  ";
  std::vector<std::string> listed = known;
  if (known.size() > most_listed) {
    listed.clear();
    for (const Candidate& c : candidates(word, known, longest_compared)) {
      if (listed.size() == few) break;
      listed.push_back(*c.word);
    }
    std::sort(listed.begin(), listed.end());
    if (listed.empty()) return text;
    text += "(nearest of " + std::to_string(known.size()) + ": ";
  } else {
    text += "(valid: ";
  }
  for (std::size_t i = 0; i < listed.size(); ++i) text += (i ? ", " : "") + listed[i];
  return text + ")";
}

}  // namespace pipeline::config
