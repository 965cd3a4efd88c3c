// mnist: handwritten digits, 60,000 to train on and 10,000 to test on.
//
//   value    byte / 255: 0 is background, 1 is ink; no mean is subtracted
//   inputs   [784 x samples], one column per image of 28 x 28, row by row
//   classes  0 to 9, the digits
//
// Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits"; from NIST Special Databases 1 and 3.
// See also: digits, fashion_mnist, idx.
#include <pipeline/dataset.hpp>

#include "mnist_files.hpp"

namespace {
using namespace pipeline;

class Mnist final : public Dataset {
  std::vector<std::string> mirrors{"https://ossci-datasets.s3.amazonaws.com/mnist/",
                                   "https://storage.googleapis.com/cvdf-datasets/mnist/"};

  void declare(Parameters& p) override {
    p.words("mirrors", mirrors, "URLs of folders with the four files, tried in this order");
  }
  std::optional<DataShape> shape() const override { return datasets::mnist_shape(); }

  std::vector<DataFile> files() const override {
    return datasets::mnist_files({"440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                                  "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                                  "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                                  "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"},
                                 mirrors);
  }
  Data load(const DataAccess& access) const override { return datasets::read_mnist(access); }
};

}  // namespace

PIPELINE_DATASET(Mnist, mnist, "handwritten digits, 28 x 28: 60,000 to train on, 10,000 to test on")
