#include "results/checkpoint.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <fstream>
#include <functional>
#include <new>
#include <nlohmann/json.hpp>
#include <ostream>
#include <streambuf>

#include "base/atomic_file.hpp"
#include "base/json_depth.hpp"
#include "base/json_number.hpp"
#include "base/sha256.hpp"
#include "results/run_folder.hpp"

namespace pipeline::results {
namespace fs = std::filesystem;

using base::whole_number;
using Json = nlohmann::json;
using learning::SavedArray;
using learning::SavedModel;
using measuring::Measured;
using measuring::Sheet;

static_assert(std::endian::native == std::endian::little, "checkpoints are little-endian");

namespace {

constexpr std::string_view kFormat = "pipeline checkpoint 1 ";

// Each type has a function that turns it into JSON and one that reads it back.

/// Floats of either size: [rows, columns, bytes].
template <class Matrix>
Json matrix_json(const Matrix& m) {
  const auto* first = reinterpret_cast<const std::uint8_t*>(m.memptr());
  return Json::array({m.n_rows, m.n_cols, Json::binary({first, first + m.n_elem * sizeof(m[0])})});
}
template <class Matrix>
Matrix matrix_from(const Json& j) {
  const auto rows = whole_number(j.at(0)), columns = whole_number(j.at(1));
  const auto& bytes = j.at(2).get_binary();
  const std::size_t size = sizeof(typename Matrix::elem_type);
  // By division, because a product may wrap. One of the two may be 0.
  const bool fits = columns == 0 || rows == 0 ? bytes.empty() && std::max(rows, columns) < (1u << 30)
                                              : bytes.size() % size == 0 && bytes.size() / size % columns == 0 &&
                                                    bytes.size() / size / columns == rows;
  if (!fits) throw std::runtime_error("a matrix has another number of bytes than its size says");
  Matrix m(rows, columns);
  if (!bytes.empty()) std::memcpy(m.memptr(), bytes.data(), bytes.size());
  return m;
}

Json network_json(const Network& network) {
  Json j = Json::array();
  for (const Layer& layer : network.layers) j.push_back({matrix_json(layer.W), matrix_json(layer.b)});
  return j;
}
Network network_from(const Json& j) {
  Network network;
  for (const Json& layer : j) {
    network.layers.push_back({matrix_from<arma::fmat>(layer.at(0)), {}});
    network.layers.back().b = arma::fvec(matrix_from<arma::fmat>(layer.at(1)).as_col());
  }
  return network;
}

Json by_layer_json(const PerLayer::Arrays& arrays) {
  Json j = Json::array();
  for (const auto& [layer, values] : arrays) j.push_back({layer, matrix_json(values)});
  return j;
}
PerLayer::Arrays by_layer_from(const Json& j) {
  PerLayer::Arrays arrays;
  for (const Json& one : j) arrays[whole_number(one.at(0))] = matrix_from<arma::fmat>(one.at(1));
  return arrays;
}

Json array_json(const SavedArray& a) {
  Json own = Json::array();
  for (const auto& arrays : a.like_weights.own) own.push_back(by_layer_json(arrays));
  return {{"network", network_json(a.like_weights.network)},
          {"own", own},
          {"values", by_layer_json(a.values)},
          {"counts", a.counts}};
}
SavedArray array_from(const Json& j) {
  SavedArray a;
  a.like_weights.network = network_from(j.at("network"));
  for (const Json& arrays : j.at("own")) a.like_weights.own.push_back(by_layer_from(arrays));
  a.values = by_layer_from(j.at("values"));
  for (const Json& count : j.at("counts")) a.counts.push_back(whole_number<std::int64_t>(count));
  return a;
}

Json model_json(const SavedModel& m) {
  Json j = {{"network", network_json(m.network)}, {"arrays", Json::object()}};
  for (const auto& [name, array] : m.arrays) j["arrays"][name] = array_json(array);
  if (m.remembered) j["remembered"] = {{"at", m.remembered_at}, {"model", model_json(*m.remembered)}};
  return j;
}
SavedModel model_from(const Json& j) {
  SavedModel m;
  m.network = network_from(j.at("network"));
  for (const auto& [name, array] : j.at("arrays").items()) m.arrays[name] = array_from(array);
  if (const auto remembered = j.find("remembered"); remembered != j.end()) {
    m.remembered_at = whole_number(remembered->at("at"));
    m.remembered = std::make_shared<SavedModel>(model_from(remembered->at("model")));
  }
  return m;
}

Json measured_json(const Measured& m) {
  Json rows = Json::array(), sheets = Json::array();
  for (const Row& r : m.rows) rows.push_back({r.step, r.model, r.metric, r.layer, r.value});
  for (const Sheet& s : m.sheets) sheets.push_back({s.section, s.name, s.is_vector, matrix_json(s.values)});
  return {{"rows", rows}, {"sheets", sheets}};
}
Measured measured_from(const Json& j) {
  Measured m;
  for (const Json& r : j.at("rows"))
    m.rows.push_back({whole_number(r.at(0)), r.at(1).get<std::string>(), r.at(2).get<std::string>(),
                      whole_number(r.at(3)), r.at(4).get<double>()});
  for (const Json& s : j.at("sheets"))
    m.sheets.push_back(
        {s.at(0).get<std::string>(), s.at(1).get<std::string>(), s.at(2).get<bool>(), matrix_from<arma::mat>(s.at(3))});
  return m;
}

Json optional_json(const std::optional<std::uint64_t>& n) { return n ? Json(*n) : Json(); }
std::optional<std::uint64_t> optional_from(const Json& j) {
  return j.is_null() ? std::nullopt : std::optional(whole_number(j));
}

Json task_json(const SavedTask& t) {
  Json j = {{"name", t.name},
            {"next", t.next},
            {"ended", t.ended},
            {"plugin_failed", t.plugin_failed},
            {"failure", t.failure},
            {"stopped_at", optional_json(t.stopped_at)},
            {"restored_to", optional_json(t.restored_to)},
            {"left", Json::array()}};
  if (t.model) j["model"] = model_json(*t.model);
  if (t.watched) j["watched"] = {{"sections", t.watched->sections}, {"measured", measured_json(t.watched->measured)}};
  for (const auto& [step, model] : t.left) j["left"].push_back({step, model_json(model)});
  return j;
}
SavedTask task_from(const Json& j) {
  SavedTask t;
  j.at("name").get_to(t.name);
  t.next = whole_number(j.at("next"));
  j.at("ended").get_to(t.ended);
  j.at("plugin_failed").get_to(t.plugin_failed);
  j.at("failure").get_to(t.failure);
  t.stopped_at = optional_from(j.at("stopped_at"));
  t.restored_to = optional_from(j.at("restored_to"));
  if (const auto model = j.find("model"); model != j.end()) t.model = model_from(*model);
  if (const auto watched = j.find("watched"); watched != j.end())
    t.watched = {watched->at("sections").get<std::vector<std::string>>(), measured_from(watched->at("measured"))};
  for (const Json& one : j.at("left")) t.left[whole_number(one.at(0))] = model_from(one.at(1));
  return t;
}

Json summary_json(const SummaryJson::Values& values) {
  const auto point = [](const Point& p) { return Json::array({p.step, p.value}); };
  Json j = Json::array();
  for (const auto& [model, metrics] : values)
    for (const auto& [metric, layers] : metrics)
      for (const auto& [layer, v] : layers)
        j.push_back({model, metric, layer, point(v.last), v.has_best ? point(v.best) : Json()});
  return j;
}
SummaryJson::Values summary_from(const Json& j) {
  const auto point = [](const Json& p) { return Point{whole_number(p.at(0)), p.at(1).get<double>()}; };
  SummaryJson::Values values;
  for (const Json& one : j) {
    SummaryJson::LastAndBest& v =
        values[one.at(0).get<std::string>()][one.at(1).get<std::string>()][whole_number(one.at(2))];
    v.last = point(one.at(3));
    v.has_best = !one.at(4).is_null();
    if (v.has_best) v.best = point(one.at(4));
  }
  return values;
}

Json checkpoint_json(const Checkpoint& c) {
  Json j = {{"identity", c.identity},
            {"steps", c.steps},
            {"step", c.step},
            {"seconds", c.seconds},
            {"tasks", Json::array()},
            {"waiting", Json::array()},
            {"metrics", {c.metrics.size, c.metrics.sha256}},
            {"nodes", Json::object()},
            {"last_and_best", summary_json(c.summary)}};
  for (const auto& [path, end] : c.nodes) j["nodes"][path] = {end.count, end.sha256};
  for (const SavedTask& t : c.tasks) j["tasks"].push_back(task_json(t));
  for (const Waiting& w : c.waiting) j["waiting"].push_back({w.step, w.model, measured_json(w.measured)});
  return j;
}
Checkpoint checkpoint_from(const Json& j) {
  Checkpoint c;
  j.at("identity").get_to(c.identity);
  c.steps = whole_number(j.at("steps"));
  c.step = whole_number(j.at("step"));
  j.at("seconds").get_to(c.seconds);
  for (const Json& t : j.at("tasks")) c.tasks.push_back(task_from(t));
  for (const Json& w : j.at("waiting"))
    c.waiting.push_back({whole_number(w.at(0)), w.at(1).get<std::string>(), measured_from(w.at(2))});
  c.metrics = {whole_number(j.at("metrics").at(0)), j.at("metrics").at(1).get<std::string>()};
  for (const auto& [path, end] : j.at("nodes").items())
    c.nodes[path] = {whole_number(end.at(0)), end.at(1).get<std::string>()};
  c.summary = summary_from(j.at("last_and_best"));
  return c;
}

/// The body of a file whose first line tells its length and sum.
std::string_view body_of(const std::string& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = std::string_view(text).substr(0, end);
  if (end == std::string::npos || !line.starts_with("pipeline checkpoint "))
    throw std::runtime_error("is not a checkpoint");
  if (!line.starts_with(kFormat)) throw std::runtime_error("is a checkpoint of another version of the program");
  const std::string_view facts = line.substr(kFormat.size()), body = std::string_view(text).substr(end + 1);
  const std::size_t space = facts.find(' ');
  std::size_t size = 0;
  const auto [rest, error] = std::from_chars(facts.data(), facts.data() + std::min(space, facts.size()), size);
  if (error != std::errc{} || space == facts.npos || rest != facts.data() + space)
    throw std::runtime_error("is damaged: its first line is not as it was written");
  if (body.size() != size)
    throw std::runtime_error("is damaged: after its first line it has " + std::to_string(body.size()) + " bytes, not " +
                             std::to_string(size));
  base::Sha256 sum;
  sum.add(body);
  if (sum.hex() != facts.substr(space + 1))
    throw std::runtime_error("is damaged: its content does not have the SHA-256 that its first line states");
  return body;
}

Checkpoint decoded(std::string_view body) {
  if (base::nested_too_deeply(body, base::JsonNotation::cbor))
    throw std::runtime_error("is damaged: its CBOR is nested too deeply");
  const Json json = Json::from_cbor(body, true, false);
  if (json.is_discarded()) throw std::runtime_error("is damaged: it is not CBOR");
  return checkpoint_from(json);
}

using Take = std::function<void(std::string_view)>;

/// A stream that hands on what is written to it, in blocks.
class Blocks final : public std::streambuf {
 public:
  explicit Blocks(Take take) : take_(std::move(take)) { block_.reserve(kSize); }
  void flush() {
    if (!block_.empty()) take_(block_);
    block_.clear();
  }

 private:
  static constexpr std::size_t kSize = 1 << 16;
  std::streamsize xsputn(const char* bytes, std::streamsize n) override {
    const std::string_view more(bytes, static_cast<std::size_t>(n));
    if (block_.size() + more.size() > kSize) flush();
    more.size() > kSize ? take_(more) : void(block_ += more);
    return n;
  }
  int_type overflow(int_type c) override {
    const char byte = traits_type::to_char_type(c);
    xsputn(&byte, 1);
    return c;
  }
  Take take_;
  std::string block_;
};

/// Not in one piece: a checkpoint is as large as the models.
void as_cbor(const Json& json, const Take& take) {
  Blocks blocks(take);
  std::ostream out(&blocks);
  out.exceptions(std::ios::badbit);  // so that what `take` throws is not lost
  Json::to_cbor(json, out);
  blocks.flush();
}

/// The number in "000012.checkpoint"; nothing for other files.
std::optional<std::uint64_t> number_of(const fs::path& file) {
  const std::string name = file.filename().string();
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  constexpr std::uint64_t most = 1'000'000'000'000;  // no program has written so many
  return error == std::errc{} && number <= most && std::string_view(rest) == ".checkpoint" ? std::optional(number)
                                                                                           : std::nullopt;
}

}  // namespace

std::vector<fs::path> Checkpoints::files() const {
  std::vector<fs::path> found;
  std::error_code none;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, none))
    if (number_of(entry.path()) && entry.is_regular_file(none)) found.push_back(entry.path());
  std::ranges::sort(found, std::greater(), [](const fs::path& file) { return *number_of(file); });
  return found;
}

std::size_t Checkpoints::write(const Checkpoint& checkpoint) {
  const Json json = checkpoint_json(checkpoint);
  std::size_t size = 0;
  base::Sha256 sum;
  as_cbor(json, [&](std::string_view bytes) {
    size += bytes.size();
    sum.add(bytes);
  });
  const std::vector<fs::path> before = files();
  const std::string number = std::to_string(before.empty() ? 1 : *number_of(before.front()) + 1);
  with_advice([&] {
    base::AtomicFile file(folder_ /
                          (std::string(number.size() < 6 ? 6 - number.size() : 0, '0') + number + ".checkpoint"));
    file.write(std::string(kFormat) + std::to_string(size) + " " + sum.hex() + "\n");
    as_cbor(json, [&](std::string_view bytes) { file.write(bytes); });
    file.commit();
  });
  std::error_code ignored;
  for (std::size_t i = 1; i < before.size(); ++i) fs::remove(before[i], ignored);
  return size;
}

void Checkpoints::keep_newest() {
  std::error_code ignored;
  const std::vector<fs::path> all = files();
  for (std::size_t i = 1; i < all.size(); ++i) fs::remove(all[i], ignored);
}

void Checkpoints::remove_after(const fs::path& file) {
  std::error_code ignored;
  for (const fs::path& other : files())
    if (*number_of(other) > *number_of(file)) fs::remove(other, ignored);
}

Checkpoint read_checkpoint(const fs::path& file) try {
  if (!std::ifstream(file)) throw base::FileError("read", file);
  const std::string text = read_file(file);
  return decoded(body_of(text));
} catch (const std::bad_alloc&) {
  throw;
} catch (const base::FileError&) {
  throw;
} catch (const std::exception& e) {
  const std::string message = e.what();
  throw std::runtime_error(message.starts_with(file.string()) ? message : file.string() + ": " + message);
}

}  // namespace pipeline::results
