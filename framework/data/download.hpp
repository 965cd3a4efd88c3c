// One attempt at one URL.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>

#include "data/part_file.hpp"

namespace pipeline::data {

/// Why a mirror did not deliver; the next one may.
struct MirrorFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct Downloaded {
  std::string sha256;
  std::string beginning;  // the first bytes, to tell a web page from data
};

/// Streams what lies at `url` into `part`. `progress` hears bytes so far and in all (0: not known); what it throws ends
/// the download and comes out here. So does DataError where `part` cannot be written.
Downloaded download(const std::string& url, PartFile& part, std::chrono::seconds patience,
                    const std::function<void(std::uint64_t have, std::uint64_t total)>& progress);

/// True for the first bytes of HTML or XML.
bool looks_like_web_page(const std::string& beginning);

}  // namespace pipeline::data
