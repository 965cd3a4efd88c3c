// shift: moves each image a little, so that its place in the frame teaches nothing.
//
//   x'(row, column) = x(row - down, column - right)        0 where that lies outside the image
//
//   down, right  whole numbers, each uniform in -pixels .. pixels, drawn anew for every image and step
//   x  [features x batch], each column an image, row by row, the colours of a pixel side by side
//   What comes in is the number 0: the background of MNIST as it is, but not of a standardised data set.
//   pixels = 0 changes nothing. Samples that are no images are refused.
//
// Source: Simard, Steinkraus & Platt 2003, Best practices for convolutional neural networks, ICDAR, section 2.
#include <pipeline/regulariser.hpp>

#include <algorithm>
#include <stdexcept>

namespace {
using namespace pipeline;

class Shift final : public Regulariser, public BatchChange {
  std::uint64_t pixels = 2;

  void declare(Parameters& p) override {
    p.whole("pixels", pixels, at_least(0), "farthest way in each direction").unit("pixels").neutral("0");
  }
  void check(const NetworkShape&, const ImageShape& image) const override {
    if (image.width == 0) throw std::invalid_argument("pixels moves images, but the samples of this data set are none");
    if (pixels >= std::min(image.height, image.width))
      throw std::invalid_argument("pixels = " + std::to_string(pixels) + " may move an image of " +
                                  std::to_string(image.height) + " x " + std::to_string(image.width) + " out of sight");
  }

  void change(Batch& batch, const Step& step) const override {
    const auto way = [&](std::size_t i) {
      return static_cast<std::int64_t>(step.random.below(2 * pixels + 1, i)) - static_cast<std::int64_t>(pixels);
    };
    for (arma::uword n = 0; n < batch.inputs.n_cols; ++n)
      move(batch.inputs.colptr(n), batch.image, way(2 * n), way(2 * n + 1));
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
