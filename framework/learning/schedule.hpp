// The share of a learning rate, or of the strength of a penalty, at every step.
//
//   rate(t) = rate * share(t), computed in double and rounded to float once
//
//   t < warmup:  share = (t + 1) / warmup
//   then, with u = t - warmup of the N = steps - warmup that follow:
//     constant      1
//     step          factor^floor(u / every)                    StepLR(step_size = every, gamma = factor)
//     exponential   factor^(u / every)                         ExponentialLR(gamma = factor^(1 / every))
//     linear        1 - (1 - end) * u / N                      LinearLR(1, end, total_iters = N)
//     cosine        end + (1 - end) * (1 + cos(pi u / N)) / 2  CosineAnnealingLR(T_max = N, eta_min = end * rate)
//     inverse_sqrt  sqrt(warmup / (t + 1)); without warm-up 1 / sqrt(t + 1)
//
// On the right, PyTorch's scheduler with the same rates, if its step() is called after every update. It differs in one
// point: from u = N on, linear and cosine stay at their end. Sources: cosine: Loshchilov & Hutter 2017, SGDR, ICLR;
// inverse_sqrt: Vaswani et al. 2017, Attention is all you need, section 5.3.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

namespace pipeline::learning {

struct Schedule {
  enum class Shape { constant, step, exponential, linear, cosine, inverse_sqrt };
  Shape shape = Shape::constant;
  std::uint64_t steps = 0, warmup = 0, every = 1;
  double factor = 0.1, end = 0;

  double share(std::uint64_t t) const;
};

inline constexpr std::array kShapes = {Schedule::Shape::constant,    Schedule::Shape::step,
                                       Schedule::Shape::exponential, Schedule::Shape::linear,
                                       Schedule::Shape::cosine,      Schedule::Shape::inverse_sqrt};
/// As in a pipeline file.
constexpr const char* name_of(Schedule::Shape shape) {
  constexpr const char* names[] = {"constant", "step", "exponential", "linear", "cosine", "inverse_sqrt"};
  return names[static_cast<std::size_t>(shape)];
}

class LearningRate {
 public:
  LearningRate(float rate, Schedule schedule = {}) : rate_(rate), schedule_(schedule) {}  // a constant rate is one too
  float at(std::uint64_t t) const { return static_cast<float>(double{rate_} * schedule_.share(t)); }

 private:
  float rate_;
  Schedule schedule_;
};

}  // namespace pipeline::learning
