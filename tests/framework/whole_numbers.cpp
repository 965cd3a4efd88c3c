// Whole numbers at the edges of 32, 53 and 64 bits, as every whole parameter of every plugin and every key of the engine:
// each is refused, or means what it says. Nothing wraps, and no reading hangs.
#include <boost/test/unit_test.hpp>

#include "experiment/pipeline.hpp"
#include "plugins/kinds.hpp"
#include "support/scratch.hpp"

using namespace support;
using namespace pipeline;

namespace {

const std::string edges[] = {"4294967296", "9007199254740992", "9007199254740993", "9223372036854775808",
                             "18446744073709551615"};
const std::string last_exact = "9007199254740992";

bool beyond_a_double(const std::string& number) {
  return number.size() > last_exact.size() || (number.size() == last_exact.size() && number > last_exact);
}

class Reader {
 public:
  /// What is said of a pipeline with these overrides, or "".
  std::string said(const std::vector<std::string>& overrides) {
    try {
      plugins::Catalogue catalogue = catalogue_;
      experiment::read_pipeline(file_, overrides, catalogue);
    } catch (const std::exception& e) {
      return e.what();
    }
    return "";
  }
  plugins::Catalogue catalogue_{plugins::search_path({}, false)};

 private:
  Scratch scratch_;
  std::filesystem::path file_ = scratch_.write("study.ini", R"([dataset]
plugin = digits
train = 600
test = 200
[network]
layers = 784, 16, 10
[training]
steps = 30
batch_size = 20
[model:plain]
[model:l2]
regularisers = l2
[metric:accuracy]
every = 10
on = train
[report:summary]
)");
};

/// The key of a plugin's parameter, and the overrides that bring the plugin in.
std::vector<std::string> with_plugin(plugins::PluginKind kind, const std::string& name, bool wrapper,
                                     const std::string& parameter, const std::string& value) {
  using enum plugins::PluginKind;
  if (kind == metric) return {"+metric:x.plugin=" + name, "metric:x.every=10", "metric:x." + parameter + "=" + value};
  if (kind == report) return {"+report:x.plugin=" + name, "report:x." + parameter + "=" + value};
  if (kind == regulariser) return {"model:l2.regularisers=" + name, "model:l2." + name + "." + parameter + "=" + value};
  if (wrapper) return {"dataset.wrappers=" + name, "dataset." + name + "." + parameter + "=" + value};
  return {"dataset.plugin=" + name, "dataset." + parameter + "=" + value};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(whole_numbers)

BOOST_AUTO_TEST_CASE(a_range_without_an_end_ends_where_doubles_stop_counting) {
  std::uint64_t n = 0, seed = 0;
  std::vector<std::uint64_t> list;
  Parameters p;
  p.whole("n", n, at_least(1), "a number");
  p.whole("seed", seed, at_least(0).up_to(infinity), "a seed");
  p.wholes("list", list, at_least(0), "numbers");
  BOOST_TEST(!p.find("n")->set(last_exact).has_value());
  BOOST_TEST(n == std::uint64_t{1} << 53);
  for (const char* large : {"9007199254740993", "18446744073709551615", "99999999999999999999"})
    BOOST_TEST(p.find("n")->set(large).value_or("") == "is too large: at most 9007199254740992");
  BOOST_TEST(p.find("list")->set("1, 9007199254740993").value_or("") ==
             "contains '9007199254740993', which is too large: at most 9007199254740992");
  BOOST_TEST(!p.find("seed")->set("18446744073709551615").has_value());
  BOOST_TEST(seed == std::numeric_limits<std::uint64_t>::max());
  BOOST_TEST(p.find("seed")->set("18446744073709551616").value_or("") == "is too large: at most 18446744073709551615");
  // As people read it.
  BOOST_TEST(p.find("n")->values_text() == "x >= 1");
  BOOST_TEST(p.find("seed")->values_text() == "x >= 0");
}

BOOST_AUTO_TEST_CASE(as_every_parameter_of_every_plugin) {
  Reader reader;
  std::size_t tried = 0;
  for (const plugins::PluginKind kind : plugins::kKinds)
    for (const std::string& name : reader.catalogue_.names(kind))
      plugins::visit_base(kind, [&]<class Base>(std::type_identity<Base>) {
        const auto object = reader.catalogue_.make<Base>(name);
        const bool wrapper = dynamic_cast<const Wrapper*>(static_cast<const Base*>(object.get())) != nullptr;
        Parameters parameters;
        object->declare(parameters);
        for (const Parameter& p : parameters.all()) {
          if (p.type != ParameterType::whole && p.type != ParameterType::wholes) continue;
          for (const std::string& edge : edges) {
            const std::string before = p.get();
            const bool taken = !p.set(edge).has_value();
            BOOST_TEST(p.get() == (taken ? edge : before), name << "." << p.name);
            BOOST_TEST((!taken || !beyond_a_double(edge) || p.name == "seed"), name << "." << p.name << " = " << edge);
            const std::string said = reader.said(with_plugin(kind, name, wrapper, p.name, edge));
            BOOST_TEST((taken || !said.empty()), name << "." << p.name << " = " << edge);
            BOOST_TEST(said.find("std::bad_alloc") == std::string::npos, name << "." << p.name << " = " << edge);
            ++tried;
          }
        }
      });
  BOOST_TEST(tried > 50u);
}

BOOST_AUTO_TEST_CASE(as_every_key_of_the_engine) {
  Reader reader;
  for (const std::string& edge : edges) {
    BOOST_TEST(reader.said({"pipeline.seed=" + edge}) == "");
    for (const std::string key :
         {"training.steps=", "metric:accuracy.every=", "metric:accuracy.images=", "report:summary.every="}) {
      const std::string said = reader.said({key + edge});
      BOOST_TEST((said.find("is too large: at most 9007199254740992") != said.npos) == beyond_a_double(edge),
                 key << edge << ": " << said);
    }
    for (const std::string key : {"training.batch_size=", "dataset.validation=", "network.layers=784, 10, ",
                                  "network.layers=784, ", "model:l2.l2.layers="})
      BOOST_TEST(reader.said({key + edge}) != "", key << edge);
  }
}

BOOST_AUTO_TEST_SUITE_END()
