// A small study to sweep over, and readers of a sweep's folder.
#pragma once
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "support/plugin_fixture.hpp"
#include "support/same_run.hpp"

namespace support {

using nlohmann::json;

struct SweepFixture : StudyFixture {
  Said sweep(const Words& more) const { return run(Words{"sweep", "study.ini", "--progress", "none"} + more); }
  /// job and the rest of each row of jobs.csv, without the header.
  std::map<std::string, std::string> jobs(const std::string& folder) const {
    std::map<std::string, std::string> rows;
    std::istringstream in(read(folder + "/jobs.csv"));
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) rows[line.substr(0, line.find(','))] = line.substr(line.find(',') + 1);
    return rows;
  }
  /// When each job's run was last written.
  std::map<std::string, fs::file_time_type> times(const std::string& folder) const {
    std::map<std::string, fs::file_time_type> out;
    for (const auto& run : fs::directory_iterator(here / folder / "runs"))
      out[run.path().filename().string()] = fs::last_write_time(run.path() / "run.json");
    return out;
  }
  void check_same_tables(const std::string& a, const std::string& b,
                         std::source_location where = std::source_location::current()) const {
    for (const char* file : {"/jobs.csv", "/table.csv", "/comparison.csv", "/sweep.ini"})
      BOOST_TEST(read(a + file) == read(b + file), where.line() << file);
    for (const auto& [job, row] : jobs(a))
      if (row.ends_with("done")) check_same_run(here / a / "runs" / job, here / b / "runs" / job, where);
  }
};

inline std::size_t lines(const std::string& text) { return static_cast<std::size_t>(std::ranges::count(text, '\n')); }

}  // namespace support
