// What may stand where a pipeline file is expected: it is read once, and those bytes are kept.
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "support/program.hpp"
#include "support/requirements.hpp"

using namespace support;
using nlohmann::json;

namespace {

const std::string short_study = replaced(small_study, "steps = 30", "steps = 1");

}  // namespace

BOOST_AUTO_TEST_SUITE(pipeline_file)

BOOST_AUTO_TEST_CASE(a_pipe_is_read_once_and_kept) {
  const World world;
  world.write("study.ini", short_study);
  check_exit(world.bash("$P run <(cat study.ini) --out out"), 0);
  BOOST_TEST(world.read("out/pipeline.ini") == short_study);
  check_exit(world.bash("cat study.ini | $P run /dev/stdin --out out2"), 0);
  BOOST_TEST(world.read("out2/pipeline.ini") == short_study);
}

BOOST_AUTO_TEST_CASE(the_bytes_that_were_checked_are_kept_whatever_happens_to_the_file) {
  const World world;
  world.write("study.ini", short_study);
  const auto child = world.start({"run", "study.ini", "dataset.train=20000", "--threads", "1", "--out", "out"});
  BOOST_TEST(child->wait_until([&] {
    // Its plugins are mapped once the file has been read, and long before 20,000 digits are drawn.
    return read_file("/proc/" + std::to_string(child->pid()) + "/maps").find("accuracy.so") != std::string::npos;
  }));
  world.write("study.ini", short_study + "# edited after the start\n");
  check_exit(child->finish(), 0);
  BOOST_TEST(world.read("out/pipeline.ini") == short_study);
}

BOOST_AUTO_TEST_CASE(what_is_no_pipeline_file_is_refused_with_exit_2) {
  const World world;
  fs::create_directories(world.here / "folder");
  check_exit(world.bash("yes '# comment' | head -c 70000000 > large.ini"), 0);
  for (const auto& [file, expected] : std::vector<std::pair<std::string, std::string>>{
           {"large.ini", "error: large.ini: error: cannot be read: it is larger than 64 MB; is it a pipeline file?\n"},
           {"/dev/zero", "error: character 0x00 in a pipeline file"},
           {"folder", "error: 'folder' is a folder, not a pipeline file\n"}}) {
    const Said said = world.run({"check", file});
    check_exit(said, 2);
    check_says("error: " + said.err, expected);
  }
  check_exit(world.bash("yes | timeout 20 $P check /dev/stdin >/dev/null 2>&1"), 2);
}

BOOST_AUTO_TEST_CASE(a_file_without_permission_is_refused_with_exit_2,
                     *boost::unit_test::precondition(support::needs_no_root)) {
  const World world;
  fs::permissions(world.write("study.ini", short_study), fs::perms::none);
  const Said said = world.run({"check", "study.ini"});
  check_exit(said, 2);
  check_text(said.err, "study.ini: error: cannot be read: Permission denied\n");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_read_is_refused_with_exit_2) {
  const World world;  // root may read every file, but not this one
  const Said said = world.run({"check", "/proc/self/mem"});
  check_exit(said, 2);
  check_text(said.err, "/proc/self/mem: error: cannot be read: Input/output error\n");
}

BOOST_AUTO_TEST_CASE(an_included_file_must_be_a_file) {
  const World world;
  BOOST_TEST_REQUIRE(::mkfifo((world.here / "pipe").c_str(), 0600) == 0);
  fs::create_directories(world.here / "folder");
  for (const auto& [file, what] :
       std::map<std::string, std::string>{{"pipe", "pipe"}, {"folder", "folder"}, {"/dev/zero", "device"}}) {
    world.write("study.ini", "[pipeline]\ninclude = " + file + "\n");
    const Said said = world.bash("timeout 20 $P check study.ini");
    check_exit(said, 2);
    check_says(said.err, "study.ini:2:11: error: cannot read '" + file + "': it is a " + what + ", not a file\n");
  }
}

BOOST_AUTO_TEST_CASE(a_path_below_a_folder_whose_name_is_not_text_is_refused_before_any_work) {
  for (const auto& [name, what] : std::vector<std::pair<std::string, std::string>>{
           {"caf\xe9", "'caf\\xe9' of this path cannot be written in resolved.ini: its name is not UTF-8"},
           {"two\nlines",
            "'two\\x0alines' of this path cannot be written in resolved.ini: its name has a control character"}}) {
    const World world;
    world.write(name + "/t.csv", "a,b\n1,0\n2,1\n1,0\n2,1\n");
    world.write(name + "/study.ini",
                "[pipeline]\nname = t\n[dataset]\nplugin = csv\ntrain = t.csv\nheader = yes\ntest_rows = 2\n"
                "[network]\nlayers = 1, 2\n[training]\nsteps = 1\nbatch_size = 1\n[model:plain]\n");
    for (const std::string command : {"check", "run", "show"}) {
      const Said said = world.run({command, (world.here / name / "study.ini").string()});
      check_exit(said, 2);
      check_says(said.err, "error: the folder " + what + "\n");
      check_says(said.err, "rename the folder");
    }
    BOOST_TEST(!fs::exists(world.here / "runs"));
    // Only paths are written down: without one, such a folder does no harm.
    world.write(name + "/study.ini", short_study);
    check_exit(world.run({"run", (world.here / name / "study.ini").string(), "--out", name + "/out"}), 0);
    BOOST_TEST(json::accept(world.read(name + "/out/run.json")));
  }
}

BOOST_AUTO_TEST_SUITE_END()
