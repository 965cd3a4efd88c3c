// The name that was probably meant.
#pragma once
#include <algorithm>
#include <cctype>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace pipeline::datasets {

inline std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return lower;
}

/// In lower case, without blanks around it.
inline std::string plain_text(std::string_view text) {
  const std::size_t from = std::min(text.find_first_not_of(" \t"), text.size());
  return in_lower_case(text.substr(from, text.find_last_not_of(" \t") + 1 - from));
}

/// How many letters must be inserted, removed or replaced to make one word of the other.
inline std::size_t letters_apart(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] != b[j]);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

/// The place of the name nearest to a word, whatever the case: at most a third of its letters differ, or it is the only
/// one that begins so. The number of names if there is none.
inline std::size_t nearest_name(const std::string& word, const std::vector<std::string>& names) {
  const std::string wanted = plain_text(word);
  std::size_t best = names.size(), apart = wanted.size() / 3 + 1, beginning = names.size(), begin_so = 0;
  if (wanted.empty() || wanted.size() > 100) return best;
  for (std::size_t n = 0; n < names.size(); ++n) {
    if (names[n].empty() || names[n].size() > 200) continue;
    const std::string name = plain_text(names[n]);
    if (const std::size_t here = letters_apart(wanted, name); here < apart) best = n, apart = here;
    if (wanted.size() > 1 && name.starts_with(wanted)) beginning = n, ++begin_so;
  }
  return best < names.size() || begin_so != 1 ? best : beginning;
}

}  // namespace pipeline::datasets
