// When two metrics mean the same shared object.
#pragma once
#include <cstdint>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <vector>

namespace pipeline {

/// The key of a shared object: its type and the arguments that it was created with.
///
/// Two plugin libraries may define types of the same name differently. So an object is shared
/// within its library only, unless its type declares `static constexpr int shared_layout = N`: then with every library
/// whose type has the same name, size and N. Change N whenever the meaning of a member changes.
struct ShareKey {
  std::string text;
  bool operator<(const ShareKey& other) const { return text < other.text; }

  template <class T, class... Args>
  static ShareKey of(const Args&... args) {
    ShareKey key;
    key.text = typeid(T).name();
    key.add(sizeof(T)), key.add(alignof(T));
    if constexpr (requires { T::shared_layout; })
      key.add(T::shared_layout);
    else
      key.add(reinterpret_cast<std::uintptr_t>(&tag<T>));
    (key.add(args), ...);
    return key;
  }

 private:
  /// Its address differs between libraries, and between types of one name in two files of a library.
  template <class T>
  [[gnu::visibility("hidden")]] static inline const char tag = 0;

  template <class Number>
  requires(std::is_integral_v<Number> || std::is_enum_v<Number> || std::is_same_v<Number, float> ||
           std::is_same_v<Number, double>) void add(Number x) {
    text.append(typeid(Number).name()).append(reinterpret_cast<const char*>(&x), sizeof x);
  }
  void add(const std::string& x) {
    add(x.size());
    text += x;
  }
  template <class Item>
  void add(const std::vector<Item>& items) {
    add(items.size());
    for (const auto& item : items) add(static_cast<const Item&>(item));
  }
};

}  // namespace pipeline
