// Shift: images against a reference, equally likely shifts within the limit, and datasets that are refused.
#include <boost/test/unit_test.hpp>

#include "support/scratch.hpp"
#include "support/small_model.hpp"

using namespace support;
using namespace pipeline;

namespace {

/// The image 1 2 3 / 4 5 6 / ... moved pixel by pixel.
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

BOOST_AUTO_TEST_CASE(the_reference_moves_an_image_as_worked_by_hand) {
  BOOST_TEST(same_bits(moved({2, 3, 1}, 1, -1), arma::fvec{0, 0, 0, 2, 3, 0}));  // 1 2 3 / 4 5 6: down and left
}

BOOST_AUTO_TEST_CASE(each_image_has_its_own_shift_and_all_shifts_are_equally_likely) {
  const learning::Entry e = plugin("shift", {{"pixels", "1"}});
  for (const ImageShape image : {ImageShape{4, 3, 1}, ImageShape{3, 5, 3}}) {
    constexpr int images = 18'000;
    Batch batch{arma::repmat(moved(image, 0, 0), 1, images), arma::fmat(2, images, arma::fill::ones), image};
    e.batch->change(batch, e.step(2, 0.1f));
    std::map<std::pair<int, int>, int> shifts;
    int unknown = 0;
    for (arma::uword n = 0; n < images; ++n) {
      bool found = false;
      for (int down = -1; down <= 1 && !found; ++down)
        for (int right = -1; right <= 1 && !found; ++right)
          if (found = same_bits(arma::fvec(batch.inputs.col(n)), moved(image, down, right)); found)
            ++shifts[{down, right}];
      unknown += !found;
    }
    BOOST_TEST(unknown == 0);
    BOOST_TEST(shifts.size() == 9u);
    for (const auto& [shift, count] : shifts)  // 5 sd of a binomial count
      BOOST_TEST(std::abs(count - images / 9.) < 5 * std::sqrt(images * (1. / 9) * (8. / 9)));
    BOOST_TEST(same_bits(batch.targets, arma::fmat(2, images, arma::fill::ones)));
  }
}

BOOST_AUTO_TEST_CASE(a_shift_that_does_not_fit_is_refused_before_any_work) {
  const NetworkShape network{{12, 2}, true};
  const auto complaint = [&](const char* pixels, const ImageShape& image) {
    return message_of([&] { plugin("shift", {{"pixels", pixels}}).object->check(network, image); });
  };
  BOOST_TEST(complaint("2", {4, 3, 1}) == "");
  BOOST_TEST(complaint("2", {}) ==
             "pixels needs images, but the samples of this dataset are not images; leave shift out");
  BOOST_TEST(complaint("3", {4, 3, 1}) == "pixels = 3 may move an image of 4 x 3 out of the frame; use at most 2");
}

BOOST_AUTO_TEST_SUITE_END()
