// digits: synthetic handwritten digits, drawn at load time, so that a first run needs no files and no network.
//
//   image n of a split = draw(label, random stream)      both are functions of (seed, split, n) alone
//
//   28 x 28 grey bytes, 0 is paper, 255 is ink; ten classes, equally likely, drawn independently
//
// Raising `train` or `test` adds images and changes none; the images are the same for any number of threads.
//
// Like MNIST: the ink fits a box of 20 x 20, its centre of mass is near the middle, about a fifth of the pixels are
// lit, and the border is nearly always dark. Unlike MNIST: there are no writers, so training and test images come from
// the same distribution, and there are no stray marks.
//
// See also: mnist.
#include <pipeline/dataset.hpp>
#include <pipeline/random.hpp>

#include "digit_pen.hpp"

namespace {
using namespace pipeline;

class Digits final : public Dataset {
  std::uint64_t train = 60000, test = 10000, seed = 1;
  double sloppiness = 1;

  void declare(Parameters& p) override {
    const Range size = at_least(1).up_to(10e6);  // 7.8 GB of images
    p.whole("train", train, size, "number of training images").unit("images");
    p.whole("test", test, size, "number of test images").unit("images");
    p.whole("seed", seed, at_least(0).up_to(infinity),
            "seed of the images; another seed draws different images of the same kind");
    p.number("sloppiness", sloppiness, at_least(0).up_to(2),
             "how far strokes stray from the ideal shapes; at 0 only style, pen, proportions and size vary");
  }

  std::optional<DataShape> shape() const override {
    return DataShape{image.height * image.width, 10, train, test, image};
  }

  Data load(const DataAccess& access) const override {
    return {drawn("train", train, access), drawn("test", test, access), 10, image};
  }

  Samples drawn(const char* split, std::size_t n, const DataAccess& access) const {
    constexpr std::size_t chunk = 250;  // about 5 ms of drawing
    const Random hands(seed, "digits", split, ""), labels(seed, "digits", split, "labels");
    Samples samples;
    samples.bytes.set_size(image.height * image.width, n);
    samples.labels.resize(n);
    access.parallel((n + chunk - 1) / chunk, [&](std::size_t c) {
      for (std::size_t i = c * chunk; i < std::min(n, (c + 1) * chunk); ++i) {
        samples.labels[i] = static_cast<std::uint16_t>(labels.below(10, i));
        digits::draw(samples.labels[i], sloppiness, hands.at_step(i), samples.bytes.colptr(i));
      }
    });
    return samples;
  }

  static constexpr ImageShape image{digits::side, digits::side, 1};
};

}  // namespace

PIPELINE_DATASET(Digits, digits, "synthetic handwritten digits, 28 x 28, ten classes; needs no files")
