// Which samples make batch t: a function of (seed, t), the same for every model.
#pragma once
#include <cstdint>
#include <pipeline/random.hpp>
#include <vector>

namespace pipeline::learning {

/// All samples, reshuffled every epoch, one epoch after the other; batch t is the batch_size samples from place
/// t * batch_size on, so a batch may span two epochs. Random(seed, "batches", "", "").at_step(e) shuffles epoch e: for
/// i = n - 1 down to 1, swap places i and below(i + 1, draw i) (Fisher and Yates).
class Batches {
 public:
  Batches(std::uint64_t seed, std::size_t samples, std::size_t batch_size);
  /// The sample numbers of batch t, for any t; ascending ones are cheap.
  const std::vector<std::uint32_t>& at(std::uint64_t t);

 private:
  const std::vector<std::uint32_t>& epoch(std::uint64_t e);
  Random random_;
  std::size_t samples_, batch_size_;
  std::uint64_t shuffled_ = 0;
  std::vector<std::uint32_t> order_, batch_;
};

}  // namespace pipeline::learning
