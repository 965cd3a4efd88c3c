// How much a gzipped file may unpack to: 256 MB, or 100 times its size.
#include <boost/test/unit_test.hpp>

#include "csv_study.hpp"

using namespace support;

namespace {

/// A gzipped file that begins with this and then holds so many megabytes of a repeated piece, as members of 1 MB.
std::string bomb(const std::string& beginning, std::string piece, std::size_t megabytes) {
  std::string member;
  while (member.size() < 1'000'000) member += piece;
  const std::string zipped = gzipped(member);
  std::string bytes = gzipped(beginning);
  for (std::size_t i = 0; i < megabytes; ++i) bytes += zipped;
  return bytes;
}

const std::string remedy = "if it is data, unpack it with gunzip and name the unpacked file";

struct Images {
  std::string train_images = idx_bytes({1, 2}, "ab"), train_labels = idx_bytes({1}, "a");
  Scratch scratch = {};

  std::unique_ptr<pipeline::Dataset> dataset() const {
    auto idx = load<pipeline::Dataset>("dataset", "idx");
    set(*idx, {{"train_images", scratch.write("images", train_images).string()},
               {"train_labels", scratch.write("labels", train_labels).string()},
               {"test_images", scratch.write("images", train_images).string()},
               {"test_labels", scratch.write("labels", train_labels).string()}});
    return idx;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(gzip_limits)

BOOST_AUTO_TEST_CASE(a_table_that_unpacks_to_too_much_is_refused) {
  Study study;
  study.train = bomb("a,b,kind\n", "1,10,x\n", 260);
  const std::string said = study.complaint();
  check_says(said, (study.scratch.path() / "train.csv").string() + ": its " + std::to_string(study.train.size()) +
                       " bytes unpack to more than 256 MB");
  check_says(said, remedy);
}

BOOST_AUTO_TEST_CASE(an_inspected_table_that_unpacks_to_too_much_is_refused) {
  const Scratch scratch;
  const auto file = scratch.write("t.csv", bomb("a,b,kind\n", "1,10,x\n", 260));
  check_says(message_of([&] { load<pipeline::Dataset>("dataset", "csv")->describe(file); }), remedy);
}

// Nothing is allocated for what the header declares.
BOOST_AUTO_TEST_CASE(images_whose_header_declares_too_much_are_refused_at_once) {
  Images images;
  images.train_images = bomb(idx_bytes({300, 1000, 1000}, ""), std::string(1000, '\0'), 300);
  const auto dataset = images.dataset();
  for (const std::string& said : {message_of([&] { dataset->shape(); }), message_of([&] { dataset->load(Lent()); })}) {
    check_says(said, "bytes unpack to 300 MB");
    check_says(said, remedy);
  }
}

BOOST_AUTO_TEST_CASE(what_follows_the_declared_images_is_not_unpacked) {
  Images images;
  images.train_images = bomb(images.train_images, std::string(1000, '\0'), 300);
  check_says(message_of([&] { images.dataset()->load(Lent()); }), "continues after the 2 bytes");
}

BOOST_AUTO_TEST_CASE(a_small_file_may_shrink_to_any_size) {
  Images images;
  images.train_images = gzipped(idx_bytes({1, 2'000'000}, std::string(2'000'000, '\0')));
  BOOST_TEST(images.train_images.size() * 100 < 2'000'000u);
  BOOST_TEST(images.dataset()->load(Lent()).train.features() == 2'000'000u);
}

BOOST_AUTO_TEST_SUITE_END()
