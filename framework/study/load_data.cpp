#include <algorithm>

#include "data/access.hpp"
#include "data/sha256.hpp"
#include "learning/elementwise.hpp"
#include "learning/speaking.hpp"
#include "study/study.hpp"

namespace pipeline::study {

namespace {

/// What a dataset handed over must hold together; it is blamed by name where it does not.
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
  if (s.floats.n_elem && !learning::all_finite(s.floats))
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

void check_promise(const DataShape& promised, const DataShape& made) {
  if (promised.features == made.features && promised.classes == made.classes && promised.train == made.train &&
      promised.test == made.test)
    return;
  const auto words = [](const DataShape& shape) {
    return std::to_string(shape.train) + " + " + std::to_string(shape.test) + " samples of " +
           std::to_string(shape.features) + " features";
  };
  throw std::runtime_error("promised " + words(promised) + ", but handed over " + words(made));
}

/// Innermost first; each is blamed by name for what it makes.
void wrap(const Description& d, LoadedData& loaded) {
  config::Complaints complaints;  // where the data set could not tell its shape before
  wrapped_shape(d, loaded.shape, complaints);
  if (complaints.any()) throw config::PipelineTextError(complaints.list());
  for (const WrapperEntry& w : d.wrappers) try {
      const learning::Speaks speaks({"wrapper", w.name.c_str(), "Wrapper::change", "", 0});
      const DataShape promised = w.object->changed_shape(loaded.shape);
      loaded.data = w.object->change(std::move(loaded.data));
      loaded.shape = checked_shape(loaded.data);
      check_promise(promised, loaded.shape);
    } catch (const std::exception& e) {
      throw data::DataError(blamed_wrapper(w) + e.what());
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

LoadedData load_data(const Description& d, std::size_t threads, const data::FetchOptions& fetch) {
  LoadedData out;
  out.files = data::locate(d.dataset_plugin, d.dataset->files(), fetch);
  try {
    const learning::Speaks speaks({"data set", d.dataset_plugin.c_str(), "Dataset::load", "", 0});
    out.data = d.dataset->load(data::Access(out.files, threads));
    out.shape = checked_shape(out.data);
    if (const auto promised = d.dataset->shape()) check_promise(*promised, out.shape);
  } catch (const data::DataError&) {
    throw;
  } catch (const std::exception& e) {
    throw data::DataError(blamed_dataset(d) + e.what());
  }
  wrap(d, out);
  if (d.validation > 0 && d.validation < out.data.train.size()) set_aside(out.data, d.validation);
  for (const std::filesystem::path& path : d.dataset_paths)
    if (std::filesystem::is_regular_file(path))
      out.files.push_back({path.filename().string(), path, data::sha256_of(path), path.parent_path().string()});
  return out;
}

}  // namespace pipeline::study
