// Shift: images by hand, ways that stay within the limit and are equally likely, and what is refused.
#include <boost/test/unit_test.hpp>

#include "support/scratch.hpp"
#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

/// The image 1 2 3 / 4 5 6 / ... moved by hand, row by row.
arma::fvec moved(const ImageShape& image, int down, int right) {
  const int height = int(image.height), width = int(image.width), colours = int(image.channels);
  arma::fvec out(std::size_t(height * width * colours), arma::fill::zeros);
  for (int r = 0; r < height; ++r)
    for (int c = 0; c < width; ++c)
      if (r + down >= 0 && r + down < height && c + right >= 0 && c + right < width)
        for (int k = 0; k < colours; ++k)
          out[arma::uword(((r + down) * width + c + right) * colours + k)] = float((r * width + c) * colours + k + 1);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(shift)

BOOST_AUTO_TEST_CASE(the_test_moves_an_image_as_a_hand_does) {
  BOOST_TEST(same_bits(moved({2, 3, 1}, 1, -1), arma::fvec{0, 0, 0, 2, 3, 0}));  // 1 2 3 / 4 5 6: down and left
}

BOOST_AUTO_TEST_CASE(each_image_goes_its_own_way_all_ways_equally_often) {
  const learning::Entry e = plugin("shift", {{"pixels", "1"}});
  for (const ImageShape image : {ImageShape{4, 3, 1}, ImageShape{3, 5, 3}}) {
    constexpr int images = 18'000;
    Batch batch{arma::repmat(moved(image, 0, 0), 1, images), arma::fmat(2, images, arma::fill::ones), image};
    e.batch->change(batch, e.step(2, 0.1f));
    std::map<std::pair<int, int>, int> ways;
    int unknown = 0;
    for (arma::uword n = 0; n < images; ++n) {
      bool found = false;
      for (int down = -1; down <= 1 && !found; ++down)
        for (int right = -1; right <= 1 && !found; ++right)
          if (found = same_bits(arma::fvec(batch.inputs.col(n)), moved(image, down, right)); found)
            ++ways[{down, right}];
      unknown += !found;
    }
    BOOST_TEST(unknown == 0);
    BOOST_TEST(ways.size() == 9u);
    for (const auto& [way, count] : ways)  // 5 sd of a binomial count
      BOOST_TEST(std::abs(count - images / 9.) < 5 * std::sqrt(images * (1. / 9) * (8. / 9)));
    BOOST_TEST(same_bits(batch.targets, arma::fmat(2, images, arma::fill::ones)));
  }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_moved_is_refused_before_any_work) {
  const NetworkShape network{{12, 2}, true};
  const auto complaint = [&](const char* pixels, const ImageShape& image) {
    return message_of([&] { plugin("shift", {{"pixels", pixels}}).object->check(network, image); });
  };
  BOOST_TEST(complaint("2", {4, 3, 1}) == "");
  BOOST_TEST(complaint("2", {}) == "pixels moves images, but the samples of this data set are none");
  BOOST_TEST(complaint("3", {4, 3, 1}) == "pixels = 3 may move an image of 4 x 3 out of sight");
}

BOOST_AUTO_TEST_SUITE_END()
