#include "running/data_for_run.hpp"

#include "experiment/cross_checks.hpp"
#include "learning/inputs.hpp"

namespace pipeline::running {

LoadedData load_for_run(const experiment::Pipeline& p, std::size_t threads, const data::FetchOptions& fetch,
                        const std::function<void(const std::string&)>& warn) {
  LoadedData loaded = load_data(p, threads, fetch);
  for (const std::string& warning : loaded.warnings) warn(warning);
  bool nonnegative = true;
  for (const Samples* s : {&loaded.data.train, &loaded.data.test, &loaded.data.validation})
    if (s->size()) nonnegative &= learning::Inputs(*s).nonnegative();
  experiment::check_against_data(p, loaded.shape, nonnegative, loaded.data.class_names);
  return loaded;
}

}  // namespace pipeline::running
