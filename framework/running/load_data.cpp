#include "running/load_data.hpp"

#include <algorithm>
#include <new>

#include "base/memory.hpp"
#include "base/thread.hpp"
#include "data/access.hpp"
#include "data/stamp.hpp"
#include "experiment/cross_checks.hpp"
#include "experiment/data_shape.hpp"
#include "running/checked_data.hpp"
#include "running/missing_classes.hpp"

namespace pipeline::running {

using experiment::Pipeline;
using experiment::WrapperConfig;

namespace {

void check_promise(const DataShape& promised, const DataShape& loaded) {
  if (promised == loaded) return;
  throw std::runtime_error("promised " + experiment::description(promised) + ", but loaded " +
                           experiment::description(loaded));
}

/// Moves the last samples of the training set to the validation set.
void set_aside(Data& data, std::size_t count) {
  if (count == 0) return;
  const std::size_t left = data.train.size() - count;
  data.validation = part_of(data.train, left, count);
  data.train = part_of(data.train, 0, left);
}

/// Calls a dataset or wrapper. Whatever it throws becomes a DataError that begins with its title.
template <class F>
decltype(auto) called(const plugins::PluginCall& call, const std::string& title, F&& f) {
  try {
    return plugins::call(call, f);
  } catch (const data::DataError&) {
    throw;
  } catch (const base::ThreadError&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw data::DataError(title + "does not fit into memory (" + base::memory_limit().what + ")");
  } catch (...) {
    throw data::DataError(title + plugins::what_was_thrown());
  }
}

/// Applies the wrappers, innermost first.
void wrap(const Pipeline& p, LoadedData& loaded) {
  for (const WrapperConfig& w : p.wrappers) try {
      const auto object = w.plugin.make();
      const std::string title = experiment::title(w);
      const auto call = [&](const char* hook, const auto& f) {
        return called({"wrapper", w.plugin.name.c_str(), hook, "", 0}, title, f);
      };
      const DataShape promised = call("Wrapper::changed_shape", [&] { return object->changed_shape(loaded.shape); });
      loaded.data = call("Wrapper::change", [&] { return object->change(std::move(loaded.data)); });
      loaded.shape = checked_shape(loaded.data);
      check_promise(promised, loaded.shape);
    } catch (const data::DataError&) {
      throw;
    } catch (const std::exception& e) {
      throw data::DataError(experiment::title(w) + e.what());
    }
}

/// Names that are the numbers of the classes say nothing.
void drop_plain_names(Data& data) {
  for (std::size_t c = 0; c < data.class_names.size(); ++c)
    if (data.class_names[c] != std::to_string(c)) return;
  data.class_names.clear();
}

Stratify stratify_of(const Pipeline& p) {
  for (const auto& [name, value] : p.dataset.plugin.values)
    if (name == "stratify") return value == "yes" ? Stratify::on : Stratify::off;
  return Stratify::not_offered;
}

/// What the dataset reads: the files that it declares, and those that parameters name.
std::vector<std::filesystem::path> files_read(const Pipeline& p, const std::vector<data::Located>& declared) {
  std::vector<std::filesystem::path> files;
  files.reserve(declared.size());
  for (const data::Located& file : declared) files.push_back(file.path);
  files.insert(files.end(), p.dataset.files.begin(), p.dataset.files.end());
  return files;
}

/// Lists the files read, with the hashes that they had before. Throws if one is not what it was then.
void note_files(const Pipeline& p, const std::vector<data::Stamp>& before, LoadedData& loaded) {
  const std::vector<data::Stamp> after = data::stamps_of(files_read(p, loaded.files));
  const std::size_t declared = loaded.files.size();
  for (std::size_t i = 0; i < before.size(); ++i) {
    const data::Stamp& stamp = before[i];
    const bool verified = i >= declared || loaded.files[i].sha256 == stamp.sha256;
    if (!verified || std::ranges::find(after, stamp) == after.end())
      throw std::runtime_error(stamp.path.string() +
                               ": changed while it was being read; run again once nothing writes to it any more");
    if (i >= declared)
      loaded.files.push_back(
          {stamp.path.filename().string(), stamp.path, stamp.sha256, stamp.path.parent_path().string()});
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

std::vector<DataFile> files_of(const Pipeline& p) {
  return called({"dataset", p.dataset.plugin.name.c_str(), "Dataset::files", "", 0}, experiment::title(p.dataset),
                [&] { return p.dataset.plugin.make()->files(); });
}

LoadedData load_data(const Pipeline& p, std::size_t threads, const data::FetchOptions& fetch) {
  LoadedData out;
  std::vector<data::Stamp> before;
  try {
    const auto dataset = p.dataset.plugin.make();
    const std::string title = experiment::title(p.dataset);
    const auto call = [&](const char* hook, const auto& f) {
      return called({"dataset", p.dataset.plugin.name.c_str(), hook, "", 0}, title, f);
    };
    data::refuse_special_files(p.dataset.files);
    out.files = data::locate(p.dataset.plugin.name, call("Dataset::files", [&] { return dataset->files(); }), fetch);
    before = data::stamps_of(files_read(p, out.files));
    const data::Access access(out.files, threads, p.validation, &out.warnings);
    out.data = call("Dataset::load", [&] { return dataset->load(access); });
    if (out.data.validation.size())
      throw std::runtime_error("has validation samples, which only [dataset] validation = N sets aside");
    out.shape = checked_shape(out.data);
    if (const auto promised = call("Dataset::shape", [&] { return dataset->shape(); }))
      check_promise(*promised, out.shape);
    drop_plain_names(out.data);
  } catch (const data::DataError&) {
    throw;
  } catch (const base::ThreadError&) {
    throw;
  } catch (const std::exception& e) {
    throw data::DataError(experiment::title(p.dataset) + e.what());
  }
  config::Complaints complaints;  // if the dataset could not declare its shape before
  experiment::set_aside_validation(p, out.shape, complaints);
  if (!complaints.any()) experiment::wrapped_shape(p, out.shape, complaints);
  if (complaints.any()) throw config::PipelineTextError(complaints.list());
  set_aside(out.data, p.validation);
  wrap(p, out);
  try {
    note_files(p, before, out);
  } catch (const std::exception& e) {
    throw data::DataError(experiment::title(p.dataset) + e.what());
  }
  for (const std::string& missing : missing_classes(out.data, stratify_of(p))) out.warnings.push_back(missing);
  for (std::string& warning : out.warnings) warning = experiment::title(p.dataset) + warning;
  return out;
}

}  // namespace pipeline::running
