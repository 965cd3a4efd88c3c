// The SHA-256 in run.json is that of the bytes that were read: a file that changes meanwhile ends the run.
#include "data/stamp.hpp"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "base/sha256.hpp"
#include "support/home_made_data.hpp"

using namespace support;
using namespace pipeline;
namespace fs = std::filesystem;

namespace {

/// A pipeline on a dataset that reads `path`, and does something else while it loads.
struct Reading {
  Scratch scratch = {};
  fs::path path = scratch.write("table", "old");
  std::shared_ptr<home_made::MadeDataset> dataset = std::make_shared<home_made::MadeDataset>();
  running::LoadedData load() const {
    const SmallRun run(scratch, small_pipeline(1, 100, 50) + "[model:plain]\n", [&](experiment::Pipeline& p) {
      put(p, dataset);
      p.dataset.files = {path};
    });
    return running::load_data(run.description(), 1, {});
  }
  std::string complaint(const std::function<void()>& meanwhile) const {
    dataset->what = [&](const DataAccess&) { meanwhile(); };
    return message_of([&] { load(); });
  }
  std::string changed(const fs::path& file) const {
    return "dataset 'mine' in [dataset] (small.ini:3): " + file.string() +
           ": changed while it was being read; run again once nothing writes to it any more";
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(data_stamp)

BOOST_AUTO_TEST_CASE(the_hash_of_a_file_is_recorded) {
  const Reading reading;
  const auto loaded = reading.load();
  BOOST_TEST_REQUIRE(loaded.files.size() == 1u);
  BOOST_TEST(loaded.files[0].name == "table");
  BOOST_TEST(loaded.files[0].sha256 == base::sha256_of(reading.path));
}

BOOST_AUTO_TEST_CASE(a_file_that_changes_while_it_is_read_is_refused) {
  const Reading reading;
  BOOST_TEST(reading.complaint([] {}) == "");
  BOOST_TEST(reading.complaint([&] { reading.scratch.write("table", "new"); }) == reading.changed(reading.path));
  BOOST_TEST(reading.complaint([&] { fs::remove(reading.path); }) == reading.changed(reading.path));
  reading.scratch.write("table", "old");
  // Another file of the same content in its place: other bytes may have been read in between.
  BOOST_TEST(reading.complaint([&] { fs::rename(reading.scratch.write("copy", "old"), reading.path); }) ==
             reading.changed(reading.path));
  BOOST_TEST(reading.complaint([&] {
    reading.scratch.write("table", "new");
    reading.scratch.write("table", "old");
    fs::last_write_time(reading.path, fs::last_write_time(reading.path) + std::chrono::seconds(1));
  }) == reading.changed(reading.path));
}

BOOST_AUTO_TEST_CASE(a_folder_is_hashed_with_all_files_below_it) {
  Reading reading;
  const fs::path folder = reading.scratch.path() / "images";
  reading.path = folder;
  reading.scratch.write("images/a/1", "one");
  reading.scratch.write("images/b", "two");
  fs::create_directory_symlink(folder, folder / "loop");
  const auto hash = [&] {
    const auto loaded = reading.load();
    BOOST_TEST_REQUIRE(loaded.files.size() == 1u);
    return loaded.files[0].sha256;
  };
  const std::string before = hash();
  BOOST_TEST(before.size() == 64u);
  BOOST_TEST(before == hash());
  reading.scratch.write("images/a/1", "other");
  BOOST_TEST(before != hash());
  reading.scratch.write("images/a/1", "one");
  BOOST_TEST(before == hash());
  fs::rename(folder / "b", folder / "c");
  BOOST_TEST(before != hash());
  BOOST_TEST(reading.complaint([&] { reading.scratch.write("images/a/2", "more"); }) == reading.changed(folder));
}

BOOST_AUTO_TEST_CASE(pipes_and_devices_are_refused_before_they_are_opened) {
  Reading reading;
  reading.path = reading.scratch.path() / "pipe";
  BOOST_TEST_REQUIRE(::mkfifo(reading.path.c_str(), 0600) == 0);
  const std::string who = "dataset 'mine' in [dataset] (small.ini:3): ";
  BOOST_TEST(message_of([&] { reading.load(); }) ==
             who + reading.path.string() + ": is a pipe, not a file: write its contents to a file, and name that");
  reading.path = "/dev/zero";
  BOOST_TEST(message_of([&] { reading.load(); }) ==
             who + "/dev/zero: is a device, not a file: write its contents to a file, and name that");
  reading.path = reading.scratch.path() / "missing";
  BOOST_TEST(reading.load().files.empty());  // whether it must exist is for the dataset to say
}

BOOST_AUTO_TEST_SUITE_END()
