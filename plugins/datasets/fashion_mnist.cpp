// fashion_mnist: images of clothes in MNIST's format, 60,000 to train on and 10,000 to test on.
//
//   value    byte / 255; 0 is background
//   inputs   [784 x samples], one column per image of 28 x 28, row by row
//   classes  0 to 9: T-shirt, trouser, pullover, dress, coat, sandal, shirt, sneaker, bag, ankle boot
//
// Source: Xiao, Rasul, Vollgraf 2017, arXiv 1708.07747.
// See also: mnist.
#include <pipeline/dataset.hpp>

#include "mnist_files.hpp"

namespace {
using namespace pipeline;

class FashionMnist final : public Dataset {
  std::vector<std::string> mirrors{"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
                                   "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/"};

  void declare(Parameters& p) override {
    p.words("mirrors", mirrors, "URLs of folders with the four files, tried in this order");
  }
  std::optional<DataShape> shape() const override { return datasets::mnist_shape(); }

  std::vector<DataFile> files() const override {
    return datasets::mnist_files({"3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
                                  "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
                                  "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
                                  "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"},
                                 mirrors);
  }
  Data load(const DataAccess& access) const override { return datasets::read_mnist(access); }
};

}  // namespace

PIPELINE_DATASET(FashionMnist, fashion_mnist, "images of clothes, 28 x 28: 60,000 to train on, 10,000 to test on")
