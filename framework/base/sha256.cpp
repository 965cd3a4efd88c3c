#include "base/sha256.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdio>
#include <vector>

#include "base/file_error.hpp"

namespace pipeline::base {
namespace {

EVP_MD_CTX* evp(void* context) { return static_cast<EVP_MD_CTX*>(context); }
void must(int ok) {
  if (ok != 1) throw std::runtime_error("OpenSSL does not provide SHA-256 (is it restricted by a policy?)");
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new(), [](void* c) { EVP_MD_CTX_free(evp(c)); }) {
  must(context_ && EVP_DigestInit_ex(evp(context_.get()), EVP_sha256(), nullptr) == 1);
}

void Sha256::add(const void* bytes, std::size_t count) { must(EVP_DigestUpdate(evp(context_.get()), bytes, count)); }

std::string Sha256::hex() {
  std::array<unsigned char, 32> sum{};
  must(EVP_DigestFinal_ex(evp(context_.get()), sum.data(), nullptr));
  std::string text;
  for (const unsigned char byte : sum) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

std::string Sha256::hex_so_far() const {
  Sha256 copy;
  must(EVP_MD_CTX_copy_ex(evp(copy.context_.get()), evp(context_.get())));
  return copy.hex();
}

std::string sha256_of(const std::filesystem::path& file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(file.c_str(), "rb"), std::fclose);
  if (!in) throw FileError("open", file);
  Sha256 sum;
  std::vector<char> buffer(1 << 18);
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), in.get())) sum.add(buffer.data(), got);
  if (std::ferror(in.get())) throw FileError("read", file);
  return sum.hex();
}

}  // namespace pipeline::base
