// shift: moves each image by a few pixels, so that its position in the frame carries no information.
//
//   x'(row, column) = x(row - down, column - right)        0 where that is outside the image
//
//   down, right  whole numbers, each uniform in -pixels .. pixels, drawn anew for every image and step
//   x  [features x batch], each column an image, row by row, with the channels of a pixel side by side
//   Pixels that move into the image are 0: the background of MNIST as it is, but not of a standardised dataset.
//   pixels = 0 changes nothing. Samples that are not images are refused.
//
// Source: Simard, Steinkraus & Platt 2003, Best practices for convolutional neural networks, ICDAR, section 2.
// See also: mixup, input_noise.
#include <pipeline/regulariser.hpp>

#include <algorithm>
#include <stdexcept>

namespace {
using namespace pipeline;

class Shift final : public Regulariser, public BatchChange {
  std::uint64_t pixels = 2;

  void declare(Parameters& p) override {
    p.whole("pixels", pixels, at_least(0), "largest shift in each direction").unit("pixels").neutral("0");
  }
  void check(const NetworkShape&, const ImageShape& image) const override {
    if (image.width == 0)
      throw Misfit("pixels", "needs images, but the samples of this dataset are not images; leave shift out");
    if (pixels >= std::min(image.height, image.width))
      throw Misfit("pixels", "= " + std::to_string(pixels) + " may move an image of " + std::to_string(image.height) +
                                 " x " + std::to_string(image.width) + " out of the frame; use at most " +
                                 std::to_string(std::min(image.height, image.width) - 1));
  }

  void change(Batch& batch, const Step& step) const override {
    const auto offset = [&](std::size_t i) {
      return static_cast<std::int64_t>(step.random.below(2 * pixels + 1, i)) - static_cast<std::int64_t>(pixels);
    };
    for (arma::uword n = 0; n < batch.inputs.n_cols; ++n)
      move(batch.inputs.colptr(n), batch.image, offset(2 * n), offset(2 * n + 1));
  }

  static void move(float* x, const ImageShape& image, std::int64_t down, std::int64_t right) {
    const auto height = static_cast<std::int64_t>(image.height), width = static_cast<std::int64_t>(image.width),
               colours = static_cast<std::int64_t>(image.channels);
    const std::vector<float> before(x, x + height * width * colours);
    for (std::int64_t row = 0; row < height; ++row)
      for (std::int64_t column = 0; column < width; ++column) {
        const std::int64_t r = row - down, c = column - right;
        const bool inside = r >= 0 && r < height && c >= 0 && c < width;
        for (std::int64_t k = 0; k < colours; ++k)
          x[(row * width + column) * colours + k] =
              inside ? before[static_cast<std::size_t>((r * width + c) * colours + k)] : 0.0f;
      }
  }
};

}  // namespace

PIPELINE_REGULARISER(Shift, shift, "moves each image by a few pixels while training")
