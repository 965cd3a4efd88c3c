// One short run whose numbers are pinned: to the bit on the kind of machine that made tests/golden/metrics.csv, to 1e-5
// on any other. A change that moves them must be meant: CHANGES.md says what it is, with the first 12 digits of the file's
// SHA-256. The file is made anew with
//   build/bin/pipeline run tests/golden/golden.ini --out OUT
#include <gnu/libc-version.h>

#include <cmath>

#include "base/sha256.hpp"
#include "kernels/products.hpp"
#include "support/csv_rows.hpp"
#include "support/program.hpp"

using namespace support;

namespace {

/// The kinds of machines on which the bits of the pinned file are known to come out: with own kernels they depend on
/// fused multiply-add and on libm.
bool has_the_pinned_bits() {
  return pipeline::kernels::own_fuses() && std::string(gnu_get_libc_version()) == "2.36" &&
         sizeof(long double) == 16;  // x86-64 and arm64
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden)

BOOST_AUTO_TEST_CASE(the_numbers_of_a_run_are_those_that_were_pinned) {
  const World world;
  check_exit(world.run({"run", SOURCE_DIR "/tests/golden/golden.ini", "--out", "out", "--progress", "none"}), 0);
  const std::string pinned = read_file(SOURCE_DIR "/tests/golden/metrics.csv"), now = world.read("out/metrics.csv");
  if (has_the_pinned_bits())
    BOOST_TEST((now == pinned), "some digit of metrics.csv has changed");
  else
    BOOST_TEST_MESSAGE("another kind of machine: compared to 1e-5, not to the bit");
  const auto rows = csv_rows(now), expected = csv_rows(pinned);
  BOOST_TEST_REQUIRE(rows.size() == expected.size());
  BOOST_TEST(rows.size() == 180u);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto name = [](const CsvRow& r) { return r.step + "," + r.model + "," + r.metric + "," + r.layer; };
    BOOST_TEST_REQUIRE(name(rows[i]) == name(expected[i]));
    const double x = std::stod(rows[i].value), y = std::stod(expected[i].value);
    BOOST_TEST(std::abs(x - y) <= 1e-5 * std::max(std::abs(y), 1e-3), name(rows[i]) << ": " << x << ", was " << y);
  }
}

BOOST_AUTO_TEST_CASE(what_moved_the_pinned_numbers_is_in_the_change_log) {
  const std::string sum = pipeline::base::sha256_of(SOURCE_DIR "/tests/golden/metrics.csv").substr(0, 12);
  BOOST_TEST(read_file(SOURCE_DIR "/CHANGES.md").find(sum) != std::string::npos,
             "say in CHANGES.md what moved the numbers of tests/golden/metrics.csv, and give their new sum, " << sum);
}

BOOST_AUTO_TEST_CASE(other_kernels_come_within_the_tolerance_for_other_machines) {
  // OpenBLAS adds up in another order, as another kind of machine would.
  const World world;
  check_exit(world.run({"run", SOURCE_DIR "/tests/golden/golden.ini", "training.kernels=blas", "--out", "out",
                        "--progress", "none"}),
             0);
  const auto rows = csv_rows(world.read("out/metrics.csv")),
             expected = csv_rows(read_file(SOURCE_DIR "/tests/golden/metrics.csv"));
  BOOST_TEST_REQUIRE(rows.size() == expected.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double x = std::stod(rows[i].value), y = std::stod(expected[i].value);
    BOOST_TEST(std::abs(x - y) <= 1e-5 * std::max(std::abs(y), 1e-3), rows[i].model << " " << rows[i].metric);
  }
}

BOOST_AUTO_TEST_SUITE_END()
