// Laws for every data set that needs no file: it keeps its promise, and hands over the same bytes to any
// number of threads.
#include <boost/test/unit_test.hpp>

#include "data/access.hpp"
#include "every_plugin.hpp"

using namespace pipeline;

namespace {

/// Small enough to load in a moment where the data set lets its size be chosen.
laws::Declared<Dataset> small(const std::string& name) {
  laws::Declared<Dataset> d("dataset", name);
  for (const char* size : {"train", "test"})
    if (Parameter* p = d.parameters.find(size); p && p->type == "whole number") p->set("300");
  return d;
}

template <class F>
void each_without_files(F&& f) {
  for (const std::string& name : laws::names("dataset")) {
    const laws::Declared<Dataset> d("dataset", name);
    const bool must_be_told =
        std::ranges::any_of(d.parameters.all(), [](const Parameter& p) { return p.required || p.type == "path"; });
    const bool wrapper = dynamic_cast<const Wrapper*>(d.object.get()) != nullptr;
    if (!must_be_told && !wrapper && d.object->files().empty()) BOOST_TEST_CONTEXT("dataset " << name) {
        f(name);
      }
  }
}

Data loaded(const std::string& name, std::size_t threads) {
  return small(name).object->load(data::Access({}, threads));
}

bool same(const Samples& a, const Samples& b) {
  return a.labels == b.labels && a.scale == b.scale && a.offset == b.offset &&
         arma::size(a.bytes) == arma::size(b.bytes) && std::ranges::equal(a.bytes, b.bytes) &&
         support::same_bits(a.floats, b.floats);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(datasets)

BOOST_AUTO_TEST_CASE(the_same_bytes_twice_and_for_any_number_of_threads) {
  std::size_t tried = 0;
  each_without_files([&](const std::string& name) {
    ++tried;
    const Data one = loaded(name, 1);
    for (const std::size_t threads : {1, 2, 3, 8}) {
      const Data other = loaded(name, threads);
      BOOST_TEST((same(one.train, other.train) && same(one.test, other.test)), threads << " threads");
    }
  });
  BOOST_TEST(tried >= 1u);
}

BOOST_AUTO_TEST_CASE(the_shape_it_promises_is_the_shape_it_hands_over) {
  each_without_files([](const std::string& name) {
    const auto shape = small(name).object->shape();
    if (!shape) return;
    const Data data = loaded(name, 2);
    BOOST_TEST((data.train.features() == shape->features && data.test.features() == shape->features));
    BOOST_TEST((data.train.size() == shape->train && data.test.size() == shape->test));
    BOOST_TEST((data.classes == shape->classes && data.image == shape->image));
    for (const Samples* s : {&data.train, &data.test}) {
      BOOST_TEST(s->labels.size() == s->size());
      BOOST_TEST(*std::ranges::max_element(s->labels) < data.classes);
    }
  });
}

BOOST_AUTO_TEST_CASE(a_wrapper_keeps_its_promise_and_does_the_same_thing_twice) {
  const Data inner = loaded("digits", 2);
  const DataShape shape{inner.train.features(), inner.classes, inner.train.size(), inner.test.size(), inner.image};
  std::size_t tried = 0;
  for (const std::string& name : laws::names("dataset")) {
    laws::Declared<Dataset> d("dataset", name);
    const auto* wrapper = dynamic_cast<const Wrapper*>(d.object.get());
    if (!wrapper) continue;
    ++tried;
    for (const Parameter& p : d.parameters.all())
      if (p.required) BOOST_TEST_REQUIRE(p.set("5").value_or("") == "");
    BOOST_TEST_CONTEXT("wrapper " << name) {
      const DataShape promised = wrapper->changed_shape(shape);
      const Data one = wrapper->change(inner), two = wrapper->change(inner);
      BOOST_TEST((same(one.train, two.train) && same(one.test, two.test)));
      BOOST_TEST((one.train.size() == promised.train && one.test.size() == promised.test));
      BOOST_TEST((one.train.features() == promised.features && one.test.features() == promised.features));
      BOOST_TEST((one.classes == promised.classes && one.image == promised.image));
      BOOST_CHECK_THROW(d.object->load(data::Access({}, 1)), std::logic_error);  // none by itself
    }
  }
  BOOST_TEST(tried >= 3u);
}

BOOST_AUTO_TEST_SUITE_END()
