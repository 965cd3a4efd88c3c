// The event files that TensorBoard reads: records of protocol-buffer messages.
//
//   record   length, masked CRC of the length, message, masked CRC of the message
//   CRC      CRC-32C; masked: rotated right by 15 bits, plus 0xa282ead8
//
// Field numbers are those of TensorBoard's .proto files.
//
// Source: TensorFlow, core/lib/io/record_writer.h, core/lib/hash/crc32c.h; TensorBoard, compat/proto/{event, summary,
//         histogram, tensor, types}.proto, plugins/hparams/{plugin_data, api}.proto
#pragma once
#include <algorithm>
#include <boost/crc.hpp>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <map>
#include <protozero/pbf_writer.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pipeline::reports {

inline std::uint32_t masked_crc(std::string_view bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, ~0u, ~0u, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  const std::uint32_t sum = crc.checksum();
  return ((sum >> 15) | (sum << 17)) + 0xa282ead8u;
}

template <class Whole>
std::string little_endian(Whole x) {
  std::string bytes;
  for (std::size_t i = 0; i < sizeof x; ++i) bytes += static_cast<char>(x >> (8 * i) & 0xff);
  return bytes;
}

enum class SessionStatus { success = 1, failure = 2 };

/// The values of one step, as an encoded Summary.
class SummaryMessage {
 public:
  void scalar(const std::string& tag, double value) {
    add(tag, [&](protozero::pbf_writer& v) { v.add_float(2, static_cast<float>(value)); });  // simple_value
  }

  /// The distribution of the finite values, in 30 buckets of equal width. Nothing if there are none.
  void histogram(const std::string& tag, const std::vector<double>& values) {
    std::vector<double> finite;
    for (const double x : values)
      if (std::isfinite(x)) finite.push_back(x);
    if (finite.empty()) return;
    const auto [low, high] = std::minmax_element(finite.begin(), finite.end());
    const double least = *low, most = *high, width = (most - least) / 30;
    std::vector<double> limits, counts(width > 0 ? 30 : 1, 0.);
    for (std::size_t i = 1; i < counts.size(); ++i) limits.push_back(least + width * static_cast<double>(i));
    limits.push_back(most);
    double sum = 0, squares = 0;
    for (const double x : finite) {
      // A value on a limit belongs to the bucket above it.
      const auto at = std::upper_bound(limits.begin(), limits.end(), x) - limits.begin();
      ++counts[std::min(static_cast<std::size_t>(at), counts.size() - 1)];
      sum += x, squares += x * x;
    }
    add(tag, [&](protozero::pbf_writer& v) {
      protozero::pbf_writer h(v, 5);  // histo
      h.add_double(1, least), h.add_double(2, most), h.add_double(3, static_cast<double>(finite.size()));
      h.add_double(4, sum), h.add_double(5, squares);
      h.add_packed_double(6, limits.begin(), limits.end());
      h.add_packed_double(7, counts.begin(), counts.end());
    });
  }

  /// A session of TensorBoard's HParams, with its hyperparameters as texts; those that are numbers can be sorted and
  /// filtered as such.
  void session_start(const std::string& group, const std::map<std::string, std::string>& hyperparameters) {
    std::string data;
    protozero::pbf_writer start(data);
    for (const auto& [name, text] : hyperparameters) {
      protozero::pbf_writer entry(start, 1);  // hparams
      entry.add_string(1, name);
      protozero::pbf_writer v(entry, 2);
      double x = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), x);
      if (error == std::errc() && end == text.data() + text.size() && std::isfinite(x))
        v.add_double(2, x);
      else
        v.add_string(3, text);
    }
    start.add_string(4, group);
    hparams("_hparams_/session_start_info", 3, data);
  }
  void session_end(SessionStatus status) {
    std::string data;
    protozero::pbf_writer(data).add_enum(1, static_cast<std::int32_t>(status));
    hparams("_hparams_/session_end_info", 4, data);
  }

  bool empty() const { return bytes_.empty(); }
  const std::string& bytes() const { return bytes_; }

 private:
  template <class Fill>
  void add(const std::string& tag, const Fill& fill) {
    protozero::pbf_writer summary(bytes_), value(summary, 1);
    value.add_string(1, tag);
    fill(value);
  }

  /// HParams are in the metadata of a tensor without elements.
  void hparams(const std::string& tag, protozero::pbf_tag_type field, const std::string& data) {
    std::string content;
    protozero::pbf_writer(content).add_message(field, data);  // field 1, the version, is 0
    add(tag, [&](protozero::pbf_writer& value) {
      {
        protozero::pbf_writer tensor(value, 8);
        tensor.add_enum(1, 1);  // dtype: DT_FLOAT
        protozero::pbf_writer shape(tensor, 2), dimension(shape, 2);
        dimension.add_int64(1, 0);
      }
      protozero::pbf_writer metadata(value, 9), plugin(metadata, 1);
      plugin.add_string(1, "hparams");
      plugin.add_bytes(2, content);
    });
  }

  std::string bytes_;
};

/// The bytes of an event file.
class EventFile {
 public:
  EventFile() {
    add(0, [](protozero::pbf_writer& event) { event.add_string(3, "brain.Event:2"); });  // file_version
  }
  void add(std::uint64_t step, const SummaryMessage& summary) {
    add(step, [&](protozero::pbf_writer& event) { event.add_message(5, summary.bytes()); });
  }
  /// The run from this step on is in the events that follow: a TensorBoard that read it from other files drops these.
  void restart(std::uint64_t step) {
    add(step, [](protozero::pbf_writer& event) {
      protozero::pbf_writer(event, 7).add_enum(1, 1);  // session_log: START
    });
  }
  const std::string& bytes() const { return bytes_; }

 private:
  /// Its time, in seconds, is the step: a run that is reported again gives the same bytes.
  template <class Fill>
  void add(std::uint64_t step, const Fill& fill) {
    std::string message;
    protozero::pbf_writer event(message);
    event.add_double(1, static_cast<double>(step));
    event.add_int64(2, static_cast<std::int64_t>(step));
    fill(event);
    const std::string length = little_endian(static_cast<std::uint64_t>(message.size()));
    bytes_ += length + little_endian(masked_crc(length)) + message + little_endian(masked_crc(message));
  }

  std::string bytes_;
};

}  // namespace pipeline::reports
