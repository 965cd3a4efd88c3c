// One HTML file that needs no other: content, styles and programs in it, and a policy that lets nothing else in.
#pragma once
#include <zlib.h>

#include <openssl/evp.h>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace pipeline::reports {

inline std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

inline std::string deflated(std::string_view bytes) {
  uLongf size = compressBound(bytes.size());
  std::string out(size, '\0');
  if (compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(),
                Z_BEST_COMPRESSION) != Z_OK)
    throw std::runtime_error("cannot compress the numbers of the page");
  out.resize(size);
  return out;
}

/// 'sha256-...': names a script or style in a content security policy.
inline std::string policy_hash(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("cannot hash the page's script");
  return "'sha256-" + base64({reinterpret_cast<const char*>(digest), size}) + "'";
}

/// `<` could end the element or begin a comment; as JSON it reads the same.
inline std::string json_in_html(const nlohmann::ordered_json& json) {
  std::string out;
  for (const char c : json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace))
    out += c == '<' ? std::string("\\u003c") : std::string(1, c);
  return out;
}

inline std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += c == '&'   ? std::string("&amp;")
           : c == '<' ? std::string("&lt;")
           : c == '"' ? std::string("&quot;")
                      : std::string(1, c);
  return out;
}

struct Document {
  std::string title, style;
  std::vector<std::string> scripts;  // run in this order
  nlohmann::ordered_json content;
  std::string numbers;  // bytes (Packed)

  std::string html() const {
    std::string hashes;
    for (const std::string& script : scripts) hashes += " " + policy_hash(script);
    std::string page =
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src" +
        hashes + "; base-uri 'none'; form-action 'none'; style-src " + policy_hash(style) +
        "\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>" +
        escaped(title) + "</title>\n<style>" + style +
        "</style>\n</head>\n<body>\n<noscript>This page draws its charts with the scripts in it; "
        "please allow them. The numbers are in the CSV files beside it.</noscript>\n"
        "<script type=\"application/json\" id=\"content\">" +
        json_in_html(content) +
        "</script>\n"
        "<script type=\"text/plain\" id=\"numbers\">" +
        base64(deflated(numbers)) + "</script>\n";
    for (const std::string& script : scripts) page += "<script>" + script + "</script>\n";
    return page + "</body>\n</html>\n";
  }
};

}  // namespace pipeline::reports
