#include <pipeline/random.hpp>

#include <openssl/sha.h>

#include <string>

namespace pipeline {

Random::Random(std::uint64_t seed, std::string_view purpose, std::string_view model, std::string_view entry) : key_(0) {
  const std::string name =
      std::to_string(seed) + "/" + std::string(purpose) + "/" + std::string(model) + "/" + std::string(entry);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(name.data()), name.size(), digest);
  for (int i = 7; i >= 0; --i) key_ = key_ << 8 | digest[i];
}

}  // namespace pipeline
