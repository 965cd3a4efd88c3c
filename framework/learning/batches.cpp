#include "learning/batches.hpp"

#include <stdexcept>

namespace pipeline::learning {

Batches::Batches(std::uint64_t seed, std::size_t samples, std::size_t batch_size)
    : random_(seed, "batches", "", ""), samples_(samples), batch_size_(batch_size) {
  if (batch_size == 0 || batch_size > samples)
    throw std::invalid_argument("the batch size must be at least 1 and at most the size of the training set");
}

const std::vector<std::uint32_t>& Batches::epoch(std::uint64_t e) {
  if (!order_.empty() && shuffled_ == e) return order_;
  order_ = random_.at_step(e).permutation(samples_);
  shuffled_ = e;
  return order_;
}

const std::vector<std::uint32_t>& Batches::at(std::uint64_t t) {
  batch_.clear();
  for (std::uint64_t place = t * batch_size_; batch_.size() < batch_size_; ++place)
    batch_.push_back(epoch(place / samples_)[place % samples_]);
  return batch_;
}

}  // namespace pipeline::learning
