// What the targets that read data files share.
#pragma once
#include <zlib.h>

#include <pipeline/dataset.hpp>

#include "fuzz/fuzz.hpp"

namespace fuzz {

/// Without warnings and threads; the last sample of the training set is for validation.
class Access final : public pipeline::DataAccess {
  std::filesystem::path file(const std::string&) const override { throw std::logic_error("no file is declared"); }
  void parallel(std::size_t n, const std::function<void(std::size_t)>& body) const override {
    for (std::size_t i = 0; i < n; ++i) body(i);
  }
  std::size_t set_aside() const override { return 1; }
};

/// Writes one part of an input. One that begins with "z" is what the file unpacks to.
inline std::string write_data(const Folder& folder, const std::string& name, std::string_view bytes) {
  if (!bytes.starts_with('z')) return folder.write(name, bytes).string();
  bytes.remove_prefix(1);
  const std::string path = (folder.path() / name).string();
  const gzFile out = ::gzopen(path.c_str(), "wb1");
  if (!out || ::gzwrite(out, bytes.data(), static_cast<unsigned>(bytes.size())) < static_cast<int>(bytes.size()) ||
      ::gzclose(out) != Z_OK)
    throw std::logic_error("cannot write " + path);
  return path;
}

/// Sets a declared parameter; returns whether it took the value.
inline bool set(pipeline::Parameters& parameters, const std::string& name, std::string_view value) {
  pipeline::Parameter* const parameter = parameters.find(name);
  return parameter && !parameter->set(value);
}

}  // namespace fuzz
