// Laws of data sets: what they promise they hand over, the same bytes every time.
#include <cmath>

#include "conformance/bench.hpp"
#include "data/access.hpp"
#include "learning/elementwise.hpp"

namespace pipeline::conformance {

namespace {

bool same(const Samples& a, const Samples& b) {
  return a.labels == b.labels && a.marked == b.marked && a.scale == b.scale && a.offset == b.offset &&
         arma::size(a.bytes) == arma::size(b.bytes) && std::ranges::equal(a.bytes, b.bytes) &&
         same_bits(a.floats, b.floats);
}
bool same(const Data& a, const Data& b) {
  return same(a.train, b.train) && same(a.test, b.test) && a.classes == b.classes && a.image == b.image;
}

/// What data must hold together, and what was promised of it.
void expect_whole(const Data& data, const std::optional<DataShape>& promised, Findings& findings) {
  const auto number = [](std::size_t n) { return std::to_string(n); };
  for (const auto& [split, s] : {std::pair("training", &data.train), std::pair("test", &data.test)}) {
    const std::string which = split;
    findings.expect(s->size() > 0, "hands over no " + which + " samples");
    findings.expect(s->bytes.is_empty() || s->floats.is_empty(),
                    "hands over " + which + " samples as bytes and as floats");
    findings.expect(s->labels.size() == s->size(), "hands over " + number(s->labels.size()) + " labels for " +
                                                       number(s->size()) + " " + which + " samples");
    findings.expect(
        s->marked.empty() || s->marked.size() == s->size(),
        "hands over " + number(s->marked.size()) + " marks for " + number(s->size()) + " " + which + " samples");
    const bool in_range = std::ranges::all_of(s->labels, [&](std::uint16_t label) { return label < data.classes; });
    findings.expect(in_range, "a " + which + " label is not below its " + number(data.classes) + " classes");
    findings.expect(learning::all_finite(s->floats) && std::isfinite(s->scale) && std::isfinite(s->offset),
                    "a " + which + " value is no number");
    if (!promised) continue;
    const std::size_t due = which == "test" ? promised->test : promised->train;
    findings.expect(s->size() == due,
                    "promised " + number(due) + " " + which + " samples, but hands over " + number(s->size()));
    findings.expect(s->features() == promised->features, "promised " + number(promised->features) +
                                                             " features, but the " + which + " samples have " +
                                                             number(s->features()));
  }
  findings.expect(data.train.features() == data.test.features(), "training and test samples differ in their features");
  const ImageShape& image = data.image;
  findings.expect(image == ImageShape{} || image.height * image.width * image.channels == data.train.features(),
                  "its image shape does not make up its features");
  findings.expect(data.validation.size() == 0, "hands over validation samples; setting them aside is the engine's");
  if (!promised) return;
  findings.expect(data.classes == promised->classes,
                  "promised " + number(promised->classes) + " classes, but hands over " + number(data.classes));
  findings.expect(image == promised->image, "promised another image shape than it hands over");
}

/// A data set on trial, small where its size can be chosen, with its files as they lie on this machine.
struct Loading {
  Made<Dataset> made;
  std::vector<data::Located> files;

  explicit Loading(const Candidate& candidate) : made(candidate) {
    if (dynamic_cast<const Wrapper*>(made.object.get())) throw Skip("wraps a data set and is none by itself");
    needs_values_for<Dataset>(candidate);
    for (const char* size : {"train", "test"})
      if (Parameter* p = made.parameters.find(size); p && p->type == "whole number" && !given(candidate, size))
        p->set("300");
    for (const Parameter& p : made.parameters.all())
      if (p.type == "path" && p.get().empty() && !given(candidate, p.name))
        throw Skip("reads files: give " + p.name + "=FILE");
    const auto wanted = made.object->files();
    if (wanted.empty()) return;
    for (const data::Verdict& v : data::verify(candidate.plugin.name, wanted))
      if (v.state == data::State::missing)
        throw Skip("its file " + v.name + " is not on this machine; pipeline data fetch " + candidate.plugin.name +
                   " fetches it");
    files = data::locate(candidate.plugin.name, wanted, {.offline = true});
  }
  static bool given(const Candidate& candidate, const std::string& name) {
    return std::ranges::any_of(candidate.values, [&](const auto& v) { return v.first == name; });
  }
  Data load(std::size_t threads) const {
    const auto speaks = made.speaks_in("Dataset::load");
    return made.object->load(data::Access(files, threads));
  }
};

void keeps_its_promise(const Candidate& candidate, Findings& findings) {
  const Loading loading(candidate);
  expect_whole(loading.load(2), loading.made.object->shape(), findings);
}

void same_bytes_for_any_threads(const Candidate& candidate, Findings& findings) {
  const Loading loading(candidate);
  const Data one = loading.load(1);
  findings.expect(same(one, loading.load(1)), "hands over other bytes when it loads again");
  findings.expect(same(one, Loading(candidate).load(1)), "another object of it hands over other bytes");
  // Files are read again in full; a few threads tell what many would.
  for (const std::size_t threads :
       loading.files.empty() ? std::vector<std::size_t>{2, 3, 8} : std::vector<std::size_t>{3})
    findings.expect(same(one, loading.load(threads)),
                    "hands over other bytes to " + std::to_string(threads) + " threads than to one");
}

void dataset_prints_nothing(const Candidate& candidate, Findings& findings) {
  const Loading loading(candidate);
  const std::string printed = printed_by([&] { loading.load(2); });
  findings.expect(printed.empty(), "prints '" + printed.substr(0, 60) + "'");
}

/// 600 + 200 images of 6 x 6 pixels in 5 classes, as bytes or as floats with values below 0 as well.
Data made_data(bool bytes) {
  Data data;
  data.train = made_samples(36, 5, 600, 3);
  data.test = made_samples(36, 5, 200, 4);
  data.classes = 5;
  data.image = image_of(36);
  for (Samples* s : {&data.train, &data.test}) {
    s->marked.clear();
    if (bytes) continue;
    s->floats = random_matrix(36, s->bytes.n_cols, s->bytes.n_cols);
    s->floats.row(0).zeros();  // a feature that never changes
    s->bytes.reset();
  }
  return data;
}

/// Calls f(wrapper, data) for each way in which data is stored.
template <class F>
void each_storage(const Candidate& candidate, Findings& findings, F&& f) {
  const Made<Dataset> made(candidate);
  const auto speaks = made.speaks_in("Wrapper::change");
  const auto* wrapper = dynamic_cast<const Wrapper*>(made.object.get());
  if (!wrapper) throw Skip("is a data set and wraps none");
  needs_values_for<Dataset>(candidate);
  for (const bool bytes : {true, false}) {
    findings.about(bytes ? "bytes" : "floats");
    const Data data = made_data(bytes);
    try {
      wrapper->changed_shape({36, 5, data.train.size(), data.test.size(), data.image});
    } catch (const std::invalid_argument& e) {
      begins_with_a_parameter(e.what(), made.parameters, findings);
      throw Skip(std::string("does not fit 600 + 200 samples in 5 classes: ") + e.what() +
                 "; give another PARAMETER=VALUE");
    }
    f(*wrapper, data);
  }
}

void wrapper_keeps_its_promise(const Candidate& candidate, Findings& findings) {
  each_storage(candidate, findings, [&](const Wrapper& wrapper, const Data& data) {
    expect_whole(wrapper.change(data), wrapper.changed_shape({36, 5, data.train.size(), data.test.size(), data.image}),
                 findings);
  });
}

void wrapper_same_bytes(const Candidate& candidate, Findings& findings) {
  each_storage(candidate, findings, [&](const Wrapper& wrapper, const Data& data) {
    const Data once = wrapper.change(data);
    findings.expect(same(once, wrapper.change(data)), "makes other data of the same data when it is asked again");
    const Made<Dataset> other(candidate);
    findings.expect(same(once, dynamic_cast<const Wrapper&>(*other.object).change(data)),
                    "another object of it makes other data of the same data");
  });
}

void wrapper_neutral_changes_nothing(const Candidate& candidate, Findings& findings) {
  bool any = false;
  std::string chosen;
  each_storage(candidate, findings, [&](const Wrapper&, const Data& data) {
    Made<Dataset> made(candidate);
    for (const Parameter& p : made.parameters.all())
      if (!p.neutral_value.empty()) made.set(p.name, p.neutral_value), any = true;
    chosen = other_choices(made.parameters);
    Data out = dynamic_cast<const Wrapper&>(*made.object).change(data);
    // Marks may begin where there were none, all 0.
    for (Samples* s : {&out.train, &out.test})
      if (std::ranges::count(s->marked, 0) == std::ranges::ssize(s->marked)) s->marked.clear();
    const bool kept = !any || same(out, data);
    if (!kept && !chosen.empty())
      throw Skip("changes the data where " + chosen +
                 "; a neutral value is promised where every choice is at its default");
    findings.expect(kept, "at its neutral value it changes the data");
  });
  if (!any) throw Skip("declares no neutral value");
}

}  // namespace

std::vector<Law> laws_of_datasets() {
  return {
      {"keeps_its_promise", "it hands over what shape() promises, and data that holds together", keeps_its_promise},
      {"same_bytes_for_any_threads", "the same bytes again, and for any number of threads", same_bytes_for_any_threads},
      {"prints_nothing", "it prints nothing", dataset_prints_nothing},
  };
}

std::vector<Law> laws_of_wrappers() {
  return {
      {"wrapper_keeps_its_promise", "it makes what changed_shape() promises, of bytes and of floats",
       wrapper_keeps_its_promise},
      {"wrapper_same_bytes", "the same data becomes the same bytes", wrapper_same_bytes},
      {"wrapper_neutral_changes_nothing", "at its neutral value the data stays as it is",
       wrapper_neutral_changes_nothing},
  };
}

}  // namespace pipeline::conformance
