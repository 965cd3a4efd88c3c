// One attempt to download one URL.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>

#include "base/atomic_file.hpp"

namespace pipeline::data {

/// Why a mirror failed. Another one may succeed.
struct MirrorFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Downloaded {
  std::string sha256;
  std::string beginning;  // the first bytes, to tell a web page from data
};

/// Streams `url` into `file`, at most `most` bytes: a mirror that sends more has failed. `progress` receives the bytes so
/// far and the total (0: unknown). An exception that it throws ends the download and is rethrown here, as is
/// base::FileError if `file` cannot be written.
Downloaded download(const std::string& url, base::AtomicFile& file, std::chrono::seconds patience, std::uint64_t most,
                    const std::function<void(std::uint64_t have, std::uint64_t total)>& progress);

/// Whether these are the first bytes of HTML or XML.
bool looks_like_web_page(const std::string& beginning);

}  // namespace pipeline::data
