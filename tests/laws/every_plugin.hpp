// What laws range over: every plugin that the catalogue finds beside the program.
#pragma once
#include "plugins/catalogue.hpp"
#include "support/small_model.hpp"

namespace laws {

inline pipeline::plugins::Catalogue& catalogue() {
  static pipeline::plugins::Catalogue found(pipeline::plugins::search_path({}, false));
  return found;
}
inline std::vector<std::string> names(const std::string& kind) { return catalogue().names(kind); }

/// A new object with its parameters declared, so that they can be looked at and set.
template <class Base>
struct Declared {
  std::shared_ptr<Base> object;
  pipeline::Parameters parameters;
  Declared(const std::string& kind, const std::string& name) : object(catalogue().make<Base>(kind, name)) {
    object->declare(parameters);
  }
};

/// Calls f(kind, name, parameters) for every plugin of every kind.
template <class F>
void each_plugin(F&& f) {
  using namespace pipeline;
  for (const std::string& n : names("dataset")) f("dataset", n, Declared<Dataset>("dataset", n).parameters);
  for (const std::string& n : names("regulariser"))
    f("regulariser", n, Declared<Regulariser>("regulariser", n).parameters);
  for (const std::string& n : names("metric")) f("metric", n, Declared<Metric>("metric", n).parameters);
  for (const std::string& n : names("report")) f("report", n, Declared<Report>("report", n).parameters);
}

/// A regulariser at its defaults, or with every parameter that has one at its neutral value.
inline pipeline::learning::Entry entry_of(const std::string& name, bool neutral = false,
                                          pipeline::learning::Scope scope = {}) {
  const auto object = catalogue().make<pipeline::Regulariser>("regulariser", name);
  pipeline::Parameters parameters;
  object->declare(parameters);
  for (const pipeline::Parameter& p : parameters.all())
    if (neutral && !p.neutral_value.empty())
      if (const auto complaint = p.set(p.neutral_value))
        throw std::runtime_error(name + ": neutral value " + *complaint);
  return support::entry(name, object, std::move(scope));
}

/// Room for what an entry keeps in a network of two layers, the first with these weights: hooks may be called now.
struct Room {
  pipeline::Network network;
  pipeline::learning::States states{network};
  Room(const pipeline::learning::Entry& entry, const arma::fmat& W)
      : network{{{W, {}}, {arma::fmat(2, W.n_rows, arma::fill::ones), {}}}} {
    states.declare(entry);
    states.complete();
  }
};

}  // namespace laws
