// Whether two run folders have the same results.
#pragma once
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <source_location>

#include "hdf5_file.hpp"
#include "scratch.hpp"

namespace support {

/// metrics.csv, weights.h5, predictions.h5 and summary.json byte for byte, and every value of nodes.h5.
inline void check_same_run(const std::filesystem::path& a, const std::filesystem::path& b,
                           std::source_location where = std::source_location::current()) {
  const std::string place = std::string(where.file_name()) + ":" + std::to_string(where.line()) + ": ";
  for (const char* file : {"metrics.csv", "weights.h5", "predictions.h5", "summary.json"})
    BOOST_TEST((read_file(a / file) == read_file(b / file)), place << file << " differs");
  BOOST_TEST(std::filesystem::exists(a / "nodes.h5") == std::filesystem::exists(b / "nodes.h5"), place);
  if (!std::filesystem::exists(a / "nodes.h5")) return;
  const auto of_a = read_hdf5(a / "nodes.h5"), of_b = read_hdf5(b / "nodes.h5");
  BOOST_TEST(of_a.size() == of_b.size(), place);
  for (const auto& [name, stored] : of_a) {
    const auto found = of_b.find(name);
    BOOST_TEST_REQUIRE((found != of_b.end()), place << name);
    const auto same = [](double x, double y) { return x == y || (x != x && y != y); };
    const bool equal = stored.size == found->second.size && stored.steps == found->second.steps &&
                       std::ranges::equal(stored.values, found->second.values, same);
    BOOST_TEST(equal, place << "nodes.h5" << name << " differs");
  }
}

}  // namespace support
