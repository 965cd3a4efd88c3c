// The kinds of plugins, and the base class of each.
#pragma once
#include <array>
#include <optional>
#include <pipeline/dataset.hpp>
#include <pipeline/metric.hpp>
#include <pipeline/optimiser.hpp>
#include <pipeline/regulariser.hpp>
#include <pipeline/report.hpp>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace pipeline::plugins {

enum class PluginKind { dataset, regulariser, optimiser, metric, report };

inline constexpr std::array kKinds = {PluginKind::dataset, PluginKind::regulariser, PluginKind::optimiser,
                                      PluginKind::metric, PluginKind::report};

/// "regulariser", as in exported symbols and in messages. String literals, so they outlive every PluginCall.
constexpr const char* name_of(PluginKind kind) {
  constexpr const char* names[] = {"dataset", "regulariser", "optimiser", "metric", "report"};
  return names[static_cast<std::size_t>(kind)];
}
constexpr std::optional<PluginKind> kind_named(std::string_view name) {
  for (const PluginKind kind : kKinds)
    if (name == name_of(kind)) return kind;
  return std::nullopt;
}

template <class Base>
inline constexpr PluginKind kind_of = std::is_same_v<Base, Regulariser> ? PluginKind::regulariser
                                      : std::is_same_v<Base, Optimiser> ? PluginKind::optimiser
                                      : std::is_same_v<Base, Metric>    ? PluginKind::metric
                                      : std::is_same_v<Base, Report>    ? PluginKind::report
                                                                        : PluginKind::dataset;

/// Calls f(std::type_identity<Base>()), where Base is the base class of the kind.
template <class F>
decltype(auto) visit_base(PluginKind kind, F&& f) {
  switch (kind) {
    case PluginKind::dataset:
      return f(std::type_identity<Dataset>());
    case PluginKind::regulariser:
      return f(std::type_identity<Regulariser>());
    case PluginKind::optimiser:
      return f(std::type_identity<Optimiser>());
    case PluginKind::metric:
      return f(std::type_identity<Metric>());
    case PluginKind::report:
      break;
  }
  return f(std::type_identity<Report>());
}

}  // namespace pipeline::plugins
