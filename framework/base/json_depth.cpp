#include "base/json_depth.hpp"

#include <nlohmann/json.hpp>

namespace pipeline::base {

namespace {

using nlohmann::json;

struct DepthCheck final : nlohmann::json_sax<json> {
  int depth = 0;
  bool too_deep = false;
  bool enter() {
    too_deep = ++depth > kMostJsonLevels;
    return !too_deep;
  }
  bool leave() { return --depth >= 0; }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return enter(); }
  bool key(string_t&) override { return true; }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override { return false; }
};

}  // namespace

bool nested_too_deeply(std::string_view text, JsonNotation notation) {
  DepthCheck check;
  json::sax_parse(text, &check,
                  notation == JsonNotation::cbor ? json::input_format_t::cbor : json::input_format_t::json);
  return check.too_deep;
}

}  // namespace pipeline::base
