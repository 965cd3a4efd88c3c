// Whether each split has samples of each class.
#pragma once
#include <pipeline/dataset.hpp>
#include <string>
#include <vector>

namespace pipeline::running {

/// Whether a dataset puts each class in proportion into every split that it takes off: its parameter `stratify`, if it
/// has one.
enum class Stratify { not_offered, off, on };

/// One warning for each split that lacks classes of the training set, "there is no test sample of classes setosa and
/// versicolor: ...", and one for the classes that the training set itself lacks.
std::vector<std::string> missing_classes(const Data& data, Stratify stratify);

}  // namespace pipeline::running
