// Four IDX files, between lines "====": images and labels to train on, images and labels to test on. Without the latter
// two, the former are tested on.
#include "../../plugins/datasets/idx.cpp"

#include "fuzz/dataset.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::Folder folder;
  std::vector<std::string_view> parts = fuzz::parts_of(fuzz::text_of(data, size));
  parts.resize(std::max<std::size_t>(parts.size(), 2));
  for (const char* classes : {"0", "10"}) {
    const std::unique_ptr<Dataset> idx = std::make_unique<Idx>();
    Parameters parameters;
    idx->declare(parameters);
    std::size_t part = 0;
    for (const char* name : {"train_images", "train_labels", "test_images", "test_labels"}) {
      fuzz::set(parameters, name, fuzz::write_data(folder, name, parts[part < parts.size() ? part : part - 2]));
      ++part;
    }
    fuzz::set(parameters, "classes", classes);
    fuzz::set(parameters, "shuffle", *classes == '0' ? "no" : "yes");
    fuzz::may_throw<std::runtime_error>([&] {
      idx->check();
      const DataShape shape = idx->shape().value();
      const Data loaded = idx->load(fuzz::Access());
      if (shape !=
          DataShape{loaded.train.features(), loaded.classes, loaded.train.size(), loaded.test.size(), loaded.image})
        throw std::logic_error("the shape is not what was loaded");
    });
  }
  return 0;
}
