#include "conformance/made.hpp"

#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <pipeline/quoted.hpp>

namespace pipeline::conformance {

void expect_known_parameter(const Misfit& misfit, const Parameters& parameters, Findings& findings) {
  std::vector<std::string> known = {"layers", "biases", "on", "images"};
  for (const Parameter& p : parameters.all()) known.push_back(p.name);
  findings.expect(
      std::ranges::find(known, misfit.parameter) != known.end(),
      "throws a Misfit for " + pipeline::quoted(misfit.parameter) + ", which is not a parameter: " + misfit.what());
}

std::string other_choices(const Parameters& parameters) {
  std::string out;
  for (const Parameter& p : parameters.all())
    if (p.type == ParameterType::choice && p.get() != p.initial)
      out += (out.empty() ? "" : ", ") + p.name + " = " + p.get();
  return out;
}

std::string printed_by(const std::function<void()>& work) {
  const std::unique_ptr<FILE, int (*)(FILE*)> into(std::tmpfile(), &std::fclose);
  if (!into) throw Skip("no temporary file can be created");
  const auto flush = [] {
    std::cout.flush(), std::cerr.flush();
    std::fflush(nullptr);
  };
  struct Redirected {
    int fd, before;
    Redirected(int which, int to) : fd(which), before(::dup(which)) { ::dup2(to, fd); }
    ~Redirected() { ::dup2(before, fd), ::close(before); }
  };
  flush();
  {
    const Redirected out(1, ::fileno(into.get())), err(2, ::fileno(into.get()));
    try {
      work();
    } catch (...) {  // other laws report what it throws
    }
    flush();
  }
  std::string text;
  std::rewind(into.get());
  for (int c; (c = std::fgetc(into.get())) != EOF;) text += static_cast<char>(c);
  return text;
}

}  // namespace pipeline::conformance
