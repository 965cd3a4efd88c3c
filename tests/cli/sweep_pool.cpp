// The pool of a sweep when runs are refused: by a script that exits with 6 a few times, and then starts the program.
#include "base/append_file.hpp"
#include "cli/sweep_fixture.hpp"
#include "results/run_folder.hpp"
#include "sweep/pool.hpp"

using namespace support;
using namespace pipeline;

namespace {

struct Heard final : sweep::PoolObserver {
  std::vector<fs::path> aside;
  void started_over(const sweep::Job&, const std::string&, const fs::path& where) override { aside.push_back(where); }
};

/// A sweep whose first job is refused so many times, and as long as the file `held` exists.
struct RefusingFixture : SweepFixture {
  explicit RefusingFixture(int refusals)
      : plan(sweep::make_plan(here / "study.ini", {"+sweep.pipeline.seed={1, 2}"}, catalogue, options())) {
    results::write_file(plan.sweep_ini(), plan.ini);
    const std::string attempted = "'" + (here / "attempts").string() + "'", held = "'" + (here / "held").string() + "'";
    program = write("refuses.sh", "#!/bin/sh\necho attempt >> " + attempted + "\nif [ -e " + held +
                                      " ] || [ $(wc -l < " + attempted + ") -le " + std::to_string(refusals) +
                                      " ]; then echo 'error: cannot resume it'; exit 6; fi\nexec " BUILD_DIR
                                      "/bin/pipeline \"$@\"\n");
    fs::permissions(program, fs::perms::owner_exec, fs::perm_options::add);
  }
  sweep::PlanOptions options() const {
    sweep::PlanOptions how;
    how.out = here / "s";
    return how;
  }
  sweep::JobState run_first() {
    return run_jobs(plan, {0}, {.program = program.string(), .words = {"--lean"}}, heard)[0];
  }
  std::size_t attempts() const { return lines(read("attempts")); }
  /// The job's run as it is right after its start.
  fs::path begun() const {
    const fs::path folder = plan.run_of(plan.jobs[0]);
    write(folder.lexically_relative(here) / "metrics.csv", "step,model,metric,layer,value\n");
    return folder;
  }

  plugins::Catalogue catalogue{plugins::search_path({}, false)};
  sweep::Plan plan;
  fs::path program;
  Heard heard;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(sweep_pool)

BOOST_AUTO_TEST_CASE(a_run_that_is_refused_once_is_asked_for_again_and_stays) {
  RefusingFixture fixture(1);
  const fs::path run = fixture.begun();
  BOOST_TEST((fixture.run_first().state == sweep::State::done));
  BOOST_TEST(fixture.attempts() == 2u);
  BOOST_TEST(fixture.heard.aside.empty());
  BOOST_TEST((names_in(run.parent_path()) == std::vector<std::string>{run.filename().string()}));
}

BOOST_AUTO_TEST_CASE(a_run_that_another_process_writes_is_waited_for) {
  // For so long that refusals which counted would be too many.
  RefusingFixture fixture(0);
  fixture.begun();
  fixture.write("held", "");
  std::optional held(base::AppendFile::existing(fixture.plan.run_of(fixture.plan.jobs[0]) / "metrics.csv"));
  std::jthread other([&] {
    std::this_thread::sleep_for(std::chrono::seconds(5));
    held.reset();
    fs::remove(fixture.here / "held");
  });
  BOOST_TEST((fixture.run_first().state == sweep::State::done));
  BOOST_TEST(fixture.attempts() > 1u);
  BOOST_TEST(fixture.heard.aside.empty());
}

BOOST_AUTO_TEST_CASE(a_run_that_is_refused_twice_is_put_aside) {
  RefusingFixture fixture(2);
  const fs::path run = fixture.begun();
  BOOST_TEST((fixture.run_first().state == sweep::State::done));
  BOOST_TEST(fixture.attempts() == 3u);
  BOOST_TEST_REQUIRE(fixture.heard.aside.size() == 1u);
  BOOST_TEST(fixture.heard.aside[0].string().starts_with(run.string() + "-unfinished-"));
  BOOST_TEST(fs::exists(fixture.heard.aside[0] / "metrics.csv"));
  BOOST_TEST(!fs::exists(fixture.heard.aside[0] / "run.json"));
}

BOOST_AUTO_TEST_CASE(a_job_that_is_always_refused_fails_with_the_reason) {
  RefusingFixture fixture(100);
  const sweep::JobState state = fixture.run_first();
  BOOST_TEST((state.state == sweep::State::failed));
  BOOST_TEST(state.why == "error: cannot resume it");
  BOOST_TEST(fixture.attempts() == 4u);
  BOOST_TEST(fixture.heard.aside.empty());
}

BOOST_AUTO_TEST_SUITE_END()
