// Laws of datasets: they return what shape() declares, with the same bytes every time.
#include "base/utf8.hpp"
#include "conformance/process_watch.hpp"
#include "conformance/training_fixture.hpp"
#include "data/access.hpp"
#include "experiment/data_shape.hpp"
#include "running/checked_data.hpp"

namespace pipeline::conformance {

namespace {

bool same(const Samples& a, const Samples& b) {
  return a.labels == b.labels && a.marked == b.marked && a.scale == b.scale && a.offset == b.offset &&
         arma::size(a.bytes) == arma::size(b.bytes) && std::ranges::equal(a.bytes, b.bytes) &&
         same_bits(a.floats, b.floats);
}
bool same(const Data& a, const Data& b) {
  return same(a.train, b.train) && same(a.validation, b.validation) && same(a.test, b.test) && a.classes == b.classes &&
         a.class_names == b.class_names && a.image == b.image;
}

/// Expects data to be consistent, and to be what was declared.
void expect_valid(const Data& data, const std::optional<DataShape>& declared, Findings& findings) {
  try {
    const DataShape returned = running::checked_shape(data);
    findings.expect(!declared || *declared == returned, declared
                                                            ? "declares " + experiment::description(*declared) +
                                                                  ", but returns " + experiment::description(returned)
                                                            : "");
  } catch (const std::exception& e) {
    findings.expect(false, e.what());
  }
}

/// The dataset under test, small where its size can be chosen, with its files if they are on this machine.
struct DatasetFixture {
  Made<Dataset> made;
  std::vector<data::Located> files;

  explicit DatasetFixture(const Candidate& candidate) : made(candidate) {
    if (made.call("dynamic_cast", [&] { return dynamic_cast<const Wrapper*>(made.object.get()); }))
      throw Skip("is a wrapper, not a dataset");
    needs_values_for<Dataset>(candidate);
    for (const char* size : {"train", "test"})
      if (Parameter* p = made.parameters.find(size); p && p->type == ParameterType::whole && !given(candidate, size))
        p->set("300");
    for (const Parameter& p : made.parameters.all())
      if (p.type == ParameterType::path && p.get().empty() && !given(candidate, p.name))
        throw Skip("reads files: give " + p.name + "=FILE");
    const auto wanted = made.call("Dataset::files", [&] { return made.object->files(); });
    if (wanted.empty()) return;
    for (const data::FileCheck& v : data::verify(candidate.plugin.name, wanted))
      if (v.state == data::FileState::missing)
        throw Skip("its file " + v.name + " is not on this machine; fetch it: pipeline data fetch " +
                   candidate.plugin.name);
    files = data::locate(candidate.plugin.name, wanted, {.offline = true});
  }
  static bool given(const Candidate& candidate, const std::string& name) {
    return std::ranges::any_of(candidate.values, [&](const auto& v) { return v.first == name; });
  }
  Data load(std::size_t threads) const {
    return made.call("Dataset::load", [&] { return made.object->load(data::Access(files, threads)); });
  }
};

void matches_its_declared_shape(const Candidate& candidate, Findings& findings) {
  const DatasetFixture fixture(candidate);
  const Data data = fixture.load(2);
  findings.expect(data.validation.size() == 0, "returns validation samples; the engine sets them aside");
  expect_valid(data, fixture.made.call("Dataset::shape", [&] { return fixture.made.object->shape(); }), findings);
}

void same_bytes_on_any_threads(const Candidate& candidate, Findings& findings) {
  const DatasetFixture fixture(candidate);
  const Data one = fixture.load(1);
  findings.expect(same(one, fixture.load(1)), "returns other bytes when it loads again");
  findings.expect(same(one, DatasetFixture(candidate).load(1)), "another object of this plugin returns other bytes");
  // Files are read in full each time, which is slow, so one other number of threads must be enough.
  for (const std::size_t threads :
       fixture.files.empty() ? std::vector<std::size_t>{2, 3, 8} : std::vector<std::size_t>{3})
    findings.expect(same(one, fixture.load(threads)),
                    "returns other bytes on " + std::to_string(threads) + " threads than on one");
}

void dataset_prints_nothing(const Candidate& candidate, Findings& findings) {
  const DatasetFixture fixture(candidate);
  const std::string printed = printed_by([&] { fixture.load(2); });
  findings.expect(printed.empty(), "prints " + base::quoted(printed));
}

/// 600 training, 100 validation and 200 test images of 6 x 6 pixels in 5 classes, as bytes or as floats, some of them negative.
Data made_data(bool bytes) {
  Data data;
  data.train = made_samples(36, 5, 600, 3);
  data.test = made_samples(36, 5, 200, 4);
  data.validation = made_samples(36, 5, 100, 5);
  data.classes = 5;
  data.image = image_of(36);
  for (Samples* s : {&data.train, &data.validation, &data.test}) {
    s->marked.clear();
    if (bytes) continue;
    s->floats = random_matrix(36, s->bytes.n_cols, s->bytes.n_cols);
    s->floats.row(0).zeros();  // a constant feature
    s->bytes.reset();
  }
  return data;
}

DataShape shape_of(const Data& data) {
  return {36, 5, data.train.size(), data.test.size(), data.image, data.validation.size()};
}

/// The wrapper under test. Skips the law for a dataset.
struct WrapperFixture {
  Made<Dataset> made;
  const Wrapper* wrapper;

  explicit WrapperFixture(const Candidate& candidate)
      : made(candidate),
        wrapper(made.call("dynamic_cast", [&] { return dynamic_cast<const Wrapper*>(made.object.get()); })) {
    if (!wrapper) throw Skip("is a dataset, not a wrapper");
  }
  DataShape changed_shape(const Data& data) const {
    return made.call("Wrapper::changed_shape", [&] { return wrapper->changed_shape(shape_of(data)); });
  }
  Data change(const Data& data) const {
    return made.call("Wrapper::change", [&] { return wrapper->change(data); });
  }
};

/// Calls f(wrapper, data) for data stored as bytes and as floats.
template <class F>
void each_storage(const Candidate& candidate, Findings& findings, F&& f) {
  const WrapperFixture wrapper(candidate);
  needs_values_for<Dataset>(candidate);
  for (const bool bytes : {true, false}) {
    findings.about(bytes ? "bytes" : "floats");
    const Data data = made_data(bytes);
    try {
      wrapper.changed_shape(data);
    } catch (const Misfit& e) {
      expect_known_parameter(e, wrapper.made.parameters, findings);
      throw Skip(std::string("does not fit 600 + 100 + 200 samples in 5 classes: ") + e.what() +
                 "; give another PARAMETER=VALUE");
    }
    f(wrapper, data);
  }
}

void wrapper_matches_its_declared_shape(const Candidate& candidate, Findings& findings) {
  each_storage(candidate, findings, [&](const WrapperFixture& wrapper, const Data& data) {
    expect_valid(wrapper.change(data), wrapper.changed_shape(data), findings);
  });
}

void wrapper_is_deterministic(const Candidate& candidate, Findings& findings) {
  each_storage(candidate, findings, [&](const WrapperFixture& wrapper, const Data& data) {
    const Data once = wrapper.change(data);
    findings.expect(same(once, wrapper.change(data)), "returns other data when it changes the same data again");
    findings.expect(same(once, WrapperFixture(candidate).change(data)),
                    "another object of this plugin returns other data for the same data");
  });
}

/// Other values for the samples of one split.
void invert(Samples& s) {
  for (std::uint8_t& byte : s.bytes) byte = static_cast<std::uint8_t>(255 - byte);
  s.floats = 3 - 2 * s.floats;
}

void wrapper_learns_from_training_samples_alone(const Candidate& candidate, Findings& findings) {
  each_storage(candidate, findings, [&](const WrapperFixture& wrapper, const Data& data) {
    const Data once = wrapper.change(data);
    for (const bool test : {false, true}) {
      Data other = data;
      invert(test ? other.test : other.validation);
      const Data again = wrapper.change(other);
      const std::string with =
          std::string(" depend on the values of the ") + (test ? "test" : "validation") + " samples";
      findings.expect(same(once.train, again.train), "the training samples" + with);
      findings.expect(test ? same(once.validation, again.validation) : same(once.test, again.test),
                      std::string("the ") + (test ? "validation" : "test") + " samples" + with);
    }
  });
}

void wrapper_neutral_changes_nothing(const Candidate& candidate, Findings& findings) {
  bool any = false;
  std::string chosen;
  each_storage(candidate, findings, [&](const WrapperFixture&, const Data& data) {
    WrapperFixture wrapper(candidate);
    Made<Dataset>& made = wrapper.made;
    for (const Parameter& p : made.parameters.all())
      if (!p.neutral_value.empty()) made.set(p.name, p.neutral_value), any = true;
    chosen = other_choices(made.parameters);
    Data out = wrapper.change(data);
    // A wrapper may add marks that are all 0 where there were none.
    for (Samples* s : {&out.train, &out.validation, &out.test})
      if (std::ranges::count(s->marked, 0) == std::ranges::ssize(s->marked)) s->marked.clear();
    const bool kept = !any || same(out, data);
    if (!kept && !chosen.empty())
      throw Skip("changes the data with " + chosen +
                 "; a neutral value must change nothing only where every choice is at its default");
    findings.expect(kept, "changes the data at its neutral value");
  });
  if (!any) throw Skip("declares no neutral value");
}

void leaves_the_process_as_it_was(const Candidate& candidate, Findings& findings) {
  ProcessWatch watch(findings);
  const Made<Dataset> made(candidate);
  watch.after("being created");
  const auto is_wrapper = [&] { return dynamic_cast<const Wrapper*>(made.object.get()) != nullptr; };
  if (made.call("dynamic_cast", is_wrapper))
    each_storage(candidate, findings, [&](const WrapperFixture& wrapper, const Data& data) {
      wrapper.change(data);
      watch.after("Wrapper::change");
    });
  else
    DatasetFixture(candidate).load(2);
  watch.after("Dataset::load");
}

}  // namespace

std::vector<Law> laws_of_datasets() {
  return {
      {"matches_its_declared_shape", "it returns what shape() declares, and consistent data",
       matches_its_declared_shape},
      {"leaves_the_process_as_it_was",
       "it restores what it changes for everybody: rounding, locale, working directory, signal handlers, ...",
       leaves_the_process_as_it_was},
      {"same_bytes_on_any_threads", "it returns the same bytes again, on any number of threads",
       same_bytes_on_any_threads},
      {"prints_nothing", "it prints nothing", dataset_prints_nothing},
  };
}

std::vector<Law> laws_of_wrappers() {
  return {
      {"wrapper_matches_its_declared_shape", "it returns what changed_shape() declares, for bytes and for floats",
       wrapper_matches_its_declared_shape},
      {"wrapper_is_deterministic", "the same data becomes the same bytes", wrapper_is_deterministic},
      {"wrapper_learns_from_training_samples_alone",
       "no other sample depends on the values of the validation and test samples",
       wrapper_learns_from_training_samples_alone},
      {"wrapper_neutral_changes_nothing", "at its neutral value the data stays unchanged",
       wrapper_neutral_changes_nothing},
  };
}

}  // namespace pipeline::conformance
