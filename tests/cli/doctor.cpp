// `pipeline plugins doctor`: lists every library file of the search path as accepted, refused or passed over, with the
// reason.
#include <sys/xattr.h>

#include <nlohmann/json.hpp>

#include "support/plugin_fixture.hpp"
#include "support/requirements.hpp"

using namespace support;
using nlohmann::json;

namespace {

/// The part of the output about the fixture's plugin folder.
std::string own_part(const PluginFixture& fixture, const Said& said) {
  const std::string text = fixture.tidy(said.out);
  const std::size_t end = text.find("\n<build>/lib/pipeline/plugins/");
  return text.substr(0, end) + "\n";
}

json entry(const json& all, const std::string& name) {
  for (const json& library : all["libraries"])
    if (fs::path(library["path"].get<std::string>()).filename() == name) return library;
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(doctor)

BOOST_AUTO_TEST_CASE(accepts_all_shipped_plugins) {
  const World world;
  const Said said = world.run({"plugins", "doctor"});
  check_exit(said, 0);
  check_says(world.tidy(said.out), "<build>/lib/pipeline/plugins/l2.so\n  accepted: regulariser l2\n");
  check_says(said.out, "\nnone of ");
  const json j = json::parse(world.run({"plugins", "doctor", "--json"}).out);
  BOOST_TEST((j["ok"] == true));
  BOOST_TEST((entry(j, "l2.so")["verdict"] == "accepted"));
}

BOOST_AUTO_TEST_CASE(lists_every_file_with_the_reason) {
  const PluginFixture fixture;
  fixture.put(libraries / "crashes_making.so");
  fixture.put(libraries / "missing_symbol.so");
  fixture.put(libraries / "refused.so");
  fixture.put(shipped / "l2.so");
  fixture.put(BUILD_DIR "/lib/libpipeline.so", "stranger.so");
  fixture.write("plugins/text.so", "not a library");
  fixture.write("plugins/notes.txt", "without the extension of a library");
  fs::create_directories(fixture.here / "plugins/folder.so");
  fs::create_symlink("nowhere", fixture.here / "plugins/dangling.so");
  const Said said = fixture.with({"plugins", "doctor"});
  check_exit(said, 3);
  std::string text = own_part(fixture, said);
  // The refusal of other_build contains the layout of this build, which differs between machines.
  const std::size_t from = text.find("    program: C++ ABI"), to = text.find("    rebuild it with the program's");
  BOOST_TEST_REQUIRE((from < to && to != std::string::npos));
  text.replace(from, to - from, "    program: ...\n");
  check_text(text, R"(<here>/plugins/crashes_making.so
  refused: regulariser 'harms' crashes while it is created (SIGSEGV, Segmentation fault)
    fix the plugin or remove its library
    refused with it: regulariser harms
    refused with it: regulariser neighbour
<here>/plugins/dangling.so
  passed over: it cannot be read: No such file or directory
<here>/plugins/folder.so
  passed over: it is a folder
<here>/plugins/l2.so
  refused: regulariser 'l2' is also in <build>/lib/pipeline/plugins/l2.so
    remove or rename one, or take its folder out of the search path
<here>/plugins/missing_symbol.so
  refused: the library cannot be loaded: undefined symbol: gone::function_that_no_library_defines(int)
    rebuild it against this program
    refused with it: regulariser missing_symbol
<here>/plugins/refused.so
  refused: regulariser 'makes_nothing' cannot be created: its library returns a null pointer
  refused: regulariser 'other_build' was built with a different layout of C++ objects
    plugin:  C++ ABI other, pointers 4
             OldC 1.0
    program: ...
    rebuild it with the program's compiler and libraries
  refused: regulariser 'other_contract' was built for plugin contract 999, but this program has contract 9
    rebuild it against this program's headers
<here>/plugins/stranger.so
  passed over: it is a library without plugins
<here>/plugins/text.so
  passed over: it is not a valid ELF file
)");
  check_says(fixture.tidy(said.out),
             "<build>/lib/pipeline/plugins/l2.so\n  refused: regulariser 'l2' is also in <here>/plugins/l2.so\n");
  check_says(said.out, "\n5 of ");

  const Said as_json = fixture.with({"plugins", "doctor", "--json"});
  check_exit(as_json, 3);
  const json j = json::parse(as_json.out);
  BOOST_TEST((j["ok"] == false));
  BOOST_TEST((entry(j, "text.so")["verdict"] == "passed over"));
  BOOST_TEST((entry(j, "text.so")["passed_over"] == "is not a valid ELF file"));
  const json made = entry(j, "crashes_making.so"), refused = entry(j, "refused.so");
  BOOST_TEST((made["verdict"] == "refused"));
  BOOST_TEST(
      (made["refused"]["cause"] == "regulariser 'harms' crashes while it is created (SIGSEGV, Segmentation fault)"));
  BOOST_TEST((made["plugins"].size() == 2u && made["plugins"][1]["accepted"] == false));
  BOOST_TEST((refused["verdict"] == "refused" && refused["refused"].is_null()));
  BOOST_TEST((refused["plugins"][2]["refused"]["remedy"] == "rebuild it against this program's headers"));
  BOOST_TEST((entry(j, "accuracy.so")["plugins"][0]["accepted"] == true));
}

BOOST_AUTO_TEST_CASE(a_folder_that_everybody_can_write_to_is_refused_unless_it_is_given) {
  PluginFixture fixture;
  const fs::path library = fixture.here / "plugins/example_metric.so";
  fixture.put(BUILD_DIR "/lib/pipeline/template/example_metric.so");
  fs::permissions(fixture.here / "plugins", fs::perms::others_write | fs::perms::sticky_bit, fs::perm_options::add);
  fixture.write("path.ini", "[pipeline]\nplugin_path = plugins\n" + replaced(small_study, "[pipeline]\n", "") +
                                "[metric:example_metric]\nevery = 10\n");
  const auto refused = [&](const std::string& open, const std::string& what) {
    Said said = fixture.run({"check", "path.ini"});
    check_exit(said, 3);
    check_says(fixture.tidy(said.err), "metric 'example_metric' cannot be used: everybody can write to " + what +
                                           "\n  <here>/plugins/example_metric.so\n  run 'chmod o-w <here>/" + open +
                                           "', or use it anyway with --plugin-path <here>/plugins\n");
    fixture.environment["PIPELINE_PLUGIN_PATH"] = (fixture.here / "plugins").string();
    said = fixture.run({"plugins", "doctor"});
    check_exit(said, 3);
    check_says(fixture.tidy(said.out),
               "<here>/plugins/example_metric.so\n  refused: everybody can write to " + what + "\n");
    said = fixture.run({"plugins", "list"});
    check_exit(said, 3);
    check_says(said.out, "cannot be used: everybody can write to " + what);
    fixture.environment.erase("PIPELINE_PLUGIN_PATH");
    check_exit(fixture.run({"check", "path.ini", "--plugin-path", "plugins"}), 0);
  };
  refused("plugins", "its folder");
  fs::permissions(fixture.here / "plugins", fs::perms::others_write, fs::perm_options::remove);
  fs::permissions(library, fs::perms::others_write, fs::perm_options::add);
  refused("plugins/example_metric.so", "it");
  fs::permissions(library, fs::perms::others_write, fs::perm_options::remove);
  check_exit(fixture.run({"check", "path.ini"}), 0);
  // The folder that is searched without being named.
  const fs::path own = fixture.home() / "share/pipeline/plugins";
  fs::create_directories(own);
  fs::copy_file(library, own / "example_metric.so");
  fs::permissions(own, fs::perms::others_write, fs::perm_options::add);
  check_exit(fixture.run({"plugins", "inspect", "example_metric"}), 3);
}

BOOST_AUTO_TEST_CASE(a_library_that_another_user_could_replace_is_refused,
                     *boost::unit_test::precondition(support::needs_root)) {
  PluginFixture fixture;
  const fs::path folder = fixture.here / "plugins", library = folder / "example_metric.so";
  fixture.put(BUILD_DIR "/lib/pipeline/template/example_metric.so");
  fixture.environment["PIPELINE_PLUGIN_PATH"] = folder.string();
  const Words names_it = {"plugins", "inspect", "example_metric"};
  const auto refused = [&](const std::string& why) {
    const Said said = fixture.run(names_it);
    check_exit(said, 3);
    check_says(fixture.tidy(said.err), why);
  };
  check_exit(fixture.run(names_it), 0);
  constexpr uid_t somebody = 65534;
  for (const auto& [path, what] :
       {std::pair{library, "it"}, {folder, "its folder"}, {fixture.here, "a folder above it"}}) {
    BOOST_TEST(::chown(path.c_str(), somebody, 0) == 0);
    refused("user 'nobody', who is neither you nor root, owns " + std::string(what));
    BOOST_TEST(::chown(path.c_str(), 0, somebody) == 0);
    fs::permissions(path, fs::perms::group_write, fs::perm_options::add);
    refused("a group of users can write to " + std::string(what));
    BOOST_TEST(::chown(path.c_str(), 0, 0) == 0);
    check_exit(fixture.run(names_it), 0);  // root's own group
    fs::permissions(path, fs::perms::group_write, fs::perm_options::remove);
  }
  fs::permissions(fixture.here, fs::perms::others_write, fs::perm_options::add);
  refused("everybody can write to a folder above it, <here>");
  fs::permissions(fixture.here, fs::perms::sticky_bit, fs::perm_options::add);
  check_exit(fixture.run(names_it), 0);
}

BOOST_AUTO_TEST_CASE(a_link_is_judged_by_its_own_folder_too) {
  PluginFixture fixture;
  const fs::path folder = fixture.here / "plugins";
  fs::create_directories(fixture.here / "own");
  fs::copy_file(BUILD_DIR "/lib/pipeline/template/example_metric.so", fixture.here / "own/example_metric.so");
  fs::create_symlink(fixture.here / "own/example_metric.so", folder / "example_metric.so");
  fixture.environment["PIPELINE_PLUGIN_PATH"] = folder.string();
  const Words names_it = {"plugins", "inspect", "example_metric"};
  check_exit(fixture.run(names_it), 0);
  for (const fs::path& writable : {folder, fixture.here / "own"}) {
    fs::permissions(writable, fs::perms::others_write, fs::perm_options::add);
    const Said said = fixture.run(names_it);
    check_exit(said, 3);
    check_says(said.err, "everybody can write to its folder");
    fs::permissions(writable, fs::perms::others_write, fs::perm_options::remove);
  }
}

BOOST_AUTO_TEST_CASE(an_access_control_list_that_lets_others_write_is_refused,
                     *boost::unit_test::precondition(support::needs_access_control_lists)) {
  PluginFixture fixture;
  const fs::path folder = fixture.here / "plugins", library = folder / "example_metric.so";
  fixture.put(BUILD_DIR "/lib/pipeline/template/example_metric.so");
  fixture.environment["PIPELINE_PLUGIN_PATH"] = folder.string();
  // The owner, user 65534, the group, the mask and everybody else, as the kernel stores them: tag, permissions, number.
  struct Entry {
    std::uint16_t tag, permissions;
    std::uint32_t number;
  };
  constexpr std::uint32_t none = 0xffffffff;
  const auto set = [&](std::uint16_t of_user) {
    const Entry list[] = {{0, 0, 0},    {1, 7, none},        {2, of_user, 65534},
                          {4, 5, none}, {16, of_user, none}, {32, 5, none}};
    std::string bytes(reinterpret_cast<const char*>(list), sizeof list);
    bytes.replace(0, sizeof(Entry), std::string("\2\0\0\0", 4));  // the version
    return ::setxattr(library.c_str(), "system.posix_acl_access", bytes.data(), bytes.size(), 0) == 0;
  };
  BOOST_TEST_REQUIRE(set(5));
  check_exit(fixture.run({"plugins", "inspect", "example_metric"}), 0);
  BOOST_TEST(set(7));
  const Said said = fixture.run({"plugins", "inspect", "example_metric"});
  check_exit(said, 3);
  check_says(said.err, "an access control list may let others write to it");
  check_exit(fixture.run("/bin/chmod", {"g-w", library.string()}), 0);
  check_exit(fixture.run({"plugins", "inspect", "example_metric"}), 0);
}

BOOST_AUTO_TEST_CASE(a_group_is_trusted_if_only_its_owner_is_in_it,
                     *boost::unit_test::precondition(support::needs_a_small_disk)) {
  PluginFixture fixture;
  const fs::path folder = fixture.here / "plugins", library = folder / "example_metric.so";
  fixture.put(BUILD_DIR "/lib/pipeline/template/example_metric.so");
  BOOST_TEST_REQUIRE(::chown(library.c_str(), 0, 4000) == 0);
  fs::permissions(library, fs::perms::group_write, fs::perm_options::add);
  // With these users and groups instead of the machine's. The group of root is 4000 here, because 0 is always trusted.
  const auto run = [&](const std::string& users, const std::string& members) {
    fixture.write("passwd", "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n" + users);
    fixture.write("group", "root:x:4000:" + members + "\n");
    return fixture.bash(
        "unshare --mount bash -c 'mount --bind passwd /etc/passwd && mount --bind group /etc/group && "
        "exec '$P' plugins inspect example_metric'");
  };
  fixture.environment["PIPELINE_PLUGIN_PATH"] = folder.string();
  check_exit(run("", ""), 0);
  check_exit(run("", "root"), 0);
  for (const Said& said : {run("", "root,nobody"), run("ann:x:1001:4000::/:/bin/sh\n", "")}) {
    check_exit(said, 3);
    check_says(said.err, "a group of users can write to it");
  }
}

BOOST_AUTO_TEST_CASE(doctor_probes_again_instead_of_using_a_remembered_result) {
  PluginFixture fixture;
  fixture.environment["PIPELINE_PROBE_SECONDS"] = "0.5";
  fixture.put(libraries / "hangs_loading.so");
  const Words names_it = {"check", "study.ini", "~model:l2.l2.lambda", "model:l2.regularisers=harms"};
  check_exit(fixture.with(names_it), 3);
  check_says(fixture.with(names_it).err, "remembered");
  const Said said = fixture.with({"plugins", "doctor"});
  check_says(said.out, "refused: the library hangs while it is loaded: no answer within 0.5 s");
  BOOST_TEST(said.out.find("remembered") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
