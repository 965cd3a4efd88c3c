#include "running/load_data.hpp"

#include <algorithm>

#include "base/sha256.hpp"
#include "data/access.hpp"
#include "experiment/cross_checks.hpp"
#include "kernels/elementwise.hpp"

namespace pipeline::running {

using experiment::Pipeline;
using experiment::WrapperConfig;

namespace {

/// Throws if the parts of a loaded set do not fit each other.
void check(const Samples& s, const std::string& split, std::size_t classes) {
  if (s.size() == 0) throw std::runtime_error("has no " + split + " samples");
  if (s.labels.size() != s.size())
    throw std::runtime_error("has " + std::to_string(s.labels.size()) + " labels for " + std::to_string(s.size()) +
                             " " + split + " samples");
  if (const auto bad = std::ranges::find_if(s.labels, [&](std::uint16_t label) { return label >= classes; });
      bad != s.labels.end())
    throw std::runtime_error("has the " + split + " label " + std::to_string(*bad) + " but only " +
                             std::to_string(classes) + " classes");
  if (!s.marked.empty() && s.marked.size() != s.size())
    throw std::runtime_error("has " + std::to_string(s.marked.size()) + " marks for " + std::to_string(s.size()) + " " +
                             split + " samples");
  if (s.floats.n_elem && !kernels::all_finite(s.floats))
    throw std::runtime_error("has a " + split + " value that is not finite");
}

DataShape checked_shape(const Data& data) {
  check(data.train, "training", data.classes);
  check(data.test, "test", data.classes);
  if (data.train.features() != data.test.features())
    throw std::runtime_error("has " + std::to_string(data.train.features()) + " features for training and " +
                             std::to_string(data.test.features()) + " for testing");
  return {data.train.features(), data.classes, data.train.size(), data.test.size(), data.image};
}

/// "600 + 200 samples of 784 features (28 x 28 x 1) in 10 classes"
std::string description(const DataShape& s) {
  const auto text = [](std::size_t n) { return std::to_string(n); };
  const ImageShape& i = s.image;
  const std::string image =
      i == ImageShape() ? "" : " (" + text(i.height) + " x " + text(i.width) + " x " + text(i.channels) + ")";
  return text(s.train) + " + " + text(s.test) + " samples of " + text(s.features) + " features" + image + " in " +
         text(s.classes) + " classes";
}

void check_promise(const DataShape& promised, const DataShape& loaded) {
  if (promised == loaded) return;
  throw std::runtime_error("promised " + description(promised) + ", but loaded " + description(loaded));
}

/// Applies the wrappers, innermost first.
void wrap(const Pipeline& p, LoadedData& loaded) {
  config::Complaints complaints;  // if the dataset could not declare its shape before
  experiment::wrapped_shape(p, loaded.shape, complaints);
  if (complaints.any()) throw config::PipelineTextError(complaints.list());
  for (const WrapperConfig& w : p.wrappers) try {
      const auto object = w.plugin.make();
      const plugins::CallScope call({"wrapper", w.plugin.name.c_str(), "Wrapper::change", "", 0});
      const DataShape promised = object->changed_shape(loaded.shape);
      loaded.data = object->change(std::move(loaded.data));
      loaded.shape = checked_shape(loaded.data);
      check_promise(promised, loaded.shape);
    } catch (const std::exception& e) {
      throw data::DataError(experiment::title(w) + e.what());
    }
}

}  // namespace

Samples part_of(const Samples& all, std::size_t first, std::size_t count) {
  const auto cut = [&](const auto& values) {
    if (values.empty()) return values;
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first);
    return std::decay_t<decltype(values)>(begin, begin + static_cast<std::ptrdiff_t>(count));
  };
  Samples part;
  part.scale = all.scale;
  part.offset = all.offset;
  if (all.bytes.n_cols) part.bytes = all.bytes.cols(first, first + count - 1);
  if (all.floats.n_cols) part.floats = all.floats.cols(first, first + count - 1);
  part.labels = cut(all.labels);
  part.marked = cut(all.marked);
  return part;
}

namespace {

/// Moves the last samples of the training set to the validation set.
void set_aside(Data& data, std::size_t count) {
  const std::size_t left = data.train.size() - count;
  data.validation = part_of(data.train, left, count);
  data.train = part_of(data.train, 0, left);
}

}  // namespace

LoadedData load_data(const Pipeline& p, std::size_t threads, const data::FetchOptions& fetch) {
  LoadedData out;
  try {
    const auto dataset = p.dataset.plugin.make();
    out.files = data::locate(p.dataset.plugin.name, dataset->files(), fetch);
    const plugins::CallScope call({"dataset", p.dataset.plugin.name.c_str(), "Dataset::load", "", 0});
    out.data = dataset->load(data::Access(out.files, threads, p.validation, &out.warnings));
    out.shape = checked_shape(out.data);
    if (const auto promised = dataset->shape()) check_promise(*promised, out.shape);
  } catch (const data::DataError&) {
    throw;
  } catch (const std::exception& e) {
    throw data::DataError(experiment::title(p.dataset) + e.what());
  }
  wrap(p, out);
  if (p.validation > 0 && p.validation < out.data.train.size()) set_aside(out.data, p.validation);
  for (const std::filesystem::path& path : p.dataset.files)
    if (std::filesystem::is_regular_file(path))
      out.files.push_back({path.filename().string(), path, base::sha256_of(path), path.parent_path().string()});
  return out;
}

}  // namespace pipeline::running
