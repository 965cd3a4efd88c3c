// Words of other programs, and what they are called here.
#pragma once
#include <optional>
#include <string>
#include <vector>

namespace pipeline::config {

struct Meant {
  std::string section, key;  // "training", "learning_rate"; empty where no key does this
  std::string remark;        // then: what to do instead
};

/// What a key of this name, spelt as other programs do, would be here: "lr", "random-state", "epochs", "device". Nothing
/// for other words. A key of ours is found too, with its section.
std::optional<Meant> meant_by(const std::string& word);

/// As suggestion(), for a value that is one of several; knows what other programs call them ("linear" is identity).
std::string suggested_choice(const std::string& word, const std::vector<std::string>& choices);

/// Whether the word counts passes over the training set: "epochs".
bool counts_epochs(const std::string& word);

/// "did you mean 'training.learning_rate'?", or the remark; "" for other words.
std::string other_word(const std::string& word);

}  // namespace pipeline::config
