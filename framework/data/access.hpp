// What the engine provides to a dataset while it loads: its files, and threads.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "data/files.hpp"

namespace pipeline::data {

class Access final : public DataAccess {
 public:
  Access(std::vector<Located> files, std::size_t threads);
  std::filesystem::path file(const std::string& name) const override;
  /// An exception in a body stops the others and is rethrown here; of several, the one with the smallest index.
  void parallel(std::size_t n, const std::function<void(std::size_t)>& body) const override;

 private:
  std::vector<Located> files_;
  std::size_t threads_;
};

}  // namespace pipeline::data
