// What the engine provides to a dataset while it loads: its files, and threads.
#pragma once
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "data/files.hpp"

namespace pipeline::data {

class Access final : public DataAccess {
 public:
  /// `warnings` receives what the dataset warns of, and must outlive the call of load().
  Access(std::vector<Located> files, std::size_t threads, std::size_t set_aside = 0,
         std::vector<std::string>* warnings = nullptr);
  std::filesystem::path file(const std::string& name) const override;
  /// An exception in a body stops the others and is rethrown here; of several, the one with the smallest index.
  void parallel(std::size_t n, const std::function<void(std::size_t)>& body) const override;
  std::size_t set_aside() const override { return set_aside_; }
  void warn(const std::string& message) const override {
    const std::lock_guard lock(guard_);  // bodies of parallel() may warn at once
    if (warnings_) warnings_->push_back(message);
  }

 private:
  std::vector<Located> files_;
  std::size_t threads_, set_aside_;
  std::vector<std::string>* warnings_;
  mutable std::mutex guard_;
};

}  // namespace pipeline::data
