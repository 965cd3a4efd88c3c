// A table, or, between lines "====": parameters (key=value, one per line), a table to train on, and perhaps one to test
// on. The first table is also described as `pipeline data inspect` does.
#include "../../plugins/datasets/csv.cpp"

#include "fuzz/dataset.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::Folder folder;
  const std::vector<std::string_view> parts = fuzz::parts_of(fuzz::text_of(data, size));
  const std::unique_ptr<Dataset> csv = std::make_unique<Csv>();
  Parameters parameters;
  csv->declare(parameters);
  fuzz::set(parameters, "header", "yes");
  const std::string train = fuzz::write_data(folder, "train.csv", parts[parts.size() > 1]);
  fuzz::set(parameters, "train", train);
  if (parts.size() > 2)
    fuzz::set(parameters, "test", fuzz::write_data(folder, "test.csv", parts[2]));
  else
    fuzz::set(parameters, "test_rows", "1");
  if (parts.size() > 1)
    for (std::string_view rest = parts[0]; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      const std::string name(line.substr(0, line.find('=')));
      if (name != "train" && name != "test" && name.size() < line.size())
        fuzz::set(parameters, name, line.substr(name.size() + 1));
    }
  fuzz::may_throw<std::runtime_error>([&] {
    csv->check();
    const Data loaded = csv->load(fuzz::Access());
    for (const Samples* samples : {&loaded.train, &loaded.test}) {
      if (!samples->floats.is_finite()) throw std::logic_error("a number that is not finite");
      if (samples->labels.size() != samples->size()) throw std::logic_error("another number of labels than of samples");
      for (const std::uint16_t label : samples->labels)
        if (label >= loaded.classes) throw std::logic_error("a label that is no class");
    }
  });
  fuzz::may_throw<std::runtime_error>([&] { csv->describe(train); });
  return 0;
}
