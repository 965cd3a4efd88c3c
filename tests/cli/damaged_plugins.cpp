// Libraries that were stripped, cut off or changed: read without harm and without loading them, and explained.
#include <elf.h>

#include <chrono>
#include <cstring>
#include <nlohmann/json.hpp>

#include "support/bench.hpp"

using namespace support;
using pipeline::plugins::Contents;
using pipeline::plugins::contents_of;

namespace {

struct Span {
  std::size_t from, size;
};

/// A library's bytes, and where its tables lie in them.
struct Library {
  explicit Library(const fs::path& file) : bytes(read_file(file)) {}
  std::string bytes;

  template <class T>
  T at(std::size_t offset) const {
    T out;
    std::memcpy(&out, bytes.data() + offset, sizeof out);
    return out;
  }
  Elf64_Ehdr header() const { return at<Elf64_Ehdr>(0); }
  std::vector<Elf64_Phdr> segments() const {
    std::vector<Elf64_Phdr> out;
    for (std::size_t i = 0; i < header().e_phnum; ++i)
      out.push_back(at<Elf64_Phdr>(header().e_phoff + i * sizeof(Elf64_Phdr)));
    return out;
  }
  /// All that is looked at on the way to a name.
  std::vector<Span> tables() const {
    const Elf64_Ehdr h = header();
    std::vector<Span> out = {{0, sizeof h}, {h.e_phoff, h.e_phnum * sizeof(Elf64_Phdr)}};
    if (h.e_shnum) out.push_back({h.e_shoff, h.e_shnum * sizeof(Elf64_Shdr)});
    for (std::size_t i = 0; i < h.e_shnum; ++i) {
      const auto s = at<Elf64_Shdr>(h.e_shoff + i * sizeof(Elf64_Shdr));
      for (const Elf64_Word type : {SHT_DYNSYM, SHT_DYNAMIC, SHT_HASH, SHT_GNU_HASH})
        if (s.sh_type == type) out.push_back({s.sh_offset, std::min<std::size_t>(s.sh_size, 1000)});
    }
    return out;
  }
  /// As a tool that saves every byte leaves it: the loader needs no list of sections.
  Library without_sections() const {
    Library out = *this;
    Elf64_Ehdr h = header();
    h.e_shoff = 0, h.e_shnum = 0, h.e_shstrndx = 0;
    std::memcpy(out.bytes.data(), &h, sizeof h);
    return out;
  }
};

std::vector<std::string> names(const Contents& contents) {
  std::vector<std::string> out;
  for (const auto& f : contents.plugins) out.push_back(f.kind + " " + f.name);
  return out;
}

/// Changes bytes of a file one at a time; whatever they say, reading it ends, and soon.
void change_every_byte(const fs::path& file, const std::vector<Span>& spans, std::size_t stride) {
  const std::string bytes = read_file(file);
  std::fstream changed(file, std::ios::binary | std::ios::in | std::ios::out);
  const auto put = [&](std::size_t at, char byte) {
    changed.seekp(static_cast<std::streamoff>(at));
    changed.put(byte).flush();
  };
  const auto start = std::chrono::steady_clock::now();
  std::size_t tried = 0, damaged = 0;
  for (const Span& span : spans)
    for (std::size_t at = span.from; at < span.from + span.size; at += stride) {
      for (const int byte : {0, 127, 255}) {
        put(at, static_cast<char>(byte));
        const Contents contents = contents_of(file);
        BOOST_REQUIRE(contents.plugins.empty() != contents.passed_over.empty());
        ++tried;
        damaged += contents.passed_over.starts_with("is damaged: ");
      }
      put(at, bytes[at]);
    }
  BOOST_TEST(tried > 500u);
  BOOST_TEST(damaged > 0u);
  BOOST_TEST((std::chrono::steady_clock::now() - start < std::chrono::seconds(60)));
  BOOST_TEST((contents_of(file).passed_over.empty()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(damaged_plugins)

BOOST_AUTO_TEST_CASE(a_stripped_library_still_says_what_it_holds) {
  const Bench bench;
  for (const fs::path& library : {shipped / "l2.so", libraries / "misbehaves.so", libraries / "wrong.so"}) {
    const auto whole = names(contents_of(library));
    BOOST_TEST(!whole.empty());
    const fs::path copy = bench.write("copy.so", read_file(library));
    check_exit(bench.run("/usr/bin/strip", {copy.string()}), 0);
    BOOST_TEST(fs::file_size(copy) < fs::file_size(library));
    BOOST_TEST(names(contents_of(copy)) == whole);
    bench.write("copy.so", Library(library).without_sections().bytes);
    BOOST_TEST(names(contents_of(copy)) == whole);
  }
}

BOOST_AUTO_TEST_CASE(a_stripped_plugin_is_used) {
  const Bench bench;
  bench.put(libraries / "misbehaves.so");
  check_exit(bench.run("/usr/bin/strip", {"plugins/misbehaves.so"}), 0);
  check_exit(bench.with(Words{"check", "study.ini"} + bench.swapped("hook_throws")), 0);
  bench.write("plugins/misbehaves.so", Library(libraries / "misbehaves.so").without_sections().bytes);
  check_exit(bench.with(Words{"check", "study.ini"} + bench.swapped("hook_throws")), 0);
}

BOOST_AUTO_TEST_CASE(a_library_that_is_cut_off_anywhere_is_damaged) {
  const Bench bench;
  const Library library(shipped / "l2.so");
  const std::size_t size = library.bytes.size();
  for (std::size_t length = 0; length < size; length += length < 1500 ? 7 : size / 200) {
    const Contents contents = contents_of(bench.write("copy.so", library.bytes.substr(0, length)));
    BOOST_TEST(contents.plugins.empty());
    BOOST_TEST(contents.unreadable);
    BOOST_TEST(contents.passed_over.starts_with(length < SELFMAG ? "is no library" : "is damaged: "),
               length << ": " << contents.passed_over);
  }
  // Without a list of sections at its end, what the loader needs ends earlier.
  const Library short_one = library.without_sections();
  std::size_t needed = 0;
  for (const Elf64_Phdr& s : short_one.segments())
    if (s.p_type == PT_LOAD) needed = std::max<std::size_t>(needed, s.p_offset + s.p_filesz);
  for (std::size_t length = SELFMAG; length < size; length += length < 1500 ? 7 : size / 200) {
    const Contents contents = contents_of(bench.write("copy.so", short_one.bytes.substr(0, length)));
    BOOST_TEST(contents.plugins.empty() == (length < needed), length << ": " << contents.passed_over);
  }
}

BOOST_AUTO_TEST_CASE(one_changed_byte_never_ends_the_program) {
  const Bench bench;
  for (const fs::path& library : {shipped / "l2.so", libraries / "misbehaves.so"}) {
    const Library whole(library);
    const auto tables = whole.tables();
    BOOST_TEST_REQUIRE(tables.size() >= 6u);
    change_every_byte(bench.write("copy.so", whole.bytes), tables, 1);
    change_every_byte(bench.write("copy.so", whole.without_sections().bytes), tables, 1);
    change_every_byte(bench.write("copy.so", whole.bytes), {{0, whole.bytes.size()}}, 97);
  }
}

BOOST_AUTO_TEST_CASE(other_files_are_told_apart) {
  const Bench bench;
  Library library(shipped / "l2.so");
  const auto says = [&](std::size_t at, char byte) {
    Library changed = library;
    changed.bytes[at] = byte;
    return contents_of(bench.write("copy.so", changed.bytes)).passed_over;
  };
  BOOST_TEST(says(0, 'x') == "is no library that can be read");
  BOOST_TEST(says(EI_CLASS, ELFCLASS32) == "is no library for this machine");
  BOOST_TEST(says(EI_DATA, ELFDATA2MSB) == "is no library for this machine");
  BOOST_TEST(says(offsetof(Elf64_Ehdr, e_type), ET_REL) == "is no shared library");
}

BOOST_AUTO_TEST_CASE(doctor_refuses_it_and_whoever_names_it_is_told) {
  const Bench bench;
  const std::string bytes = read_file(libraries / "refused.so");
  bench.write("plugins/half.so", bytes.substr(0, bytes.size() - 1));
  const std::string cause = "the file is damaged: its list of sections lies outside the file";
  Said said = bench.with({"plugins", "doctor"});
  check_exit(said, 3);
  check_says(bench.tidy(said.out), "<here>/plugins/half.so\n  refused: " + cause + "\n    build it again\n");
  check_says(said.out, "\n1 of ");
  said = bench.with({"plugins", "doctor", "--json"});
  check_exit(said, 3);
  for (const auto& one : nlohmann::json::parse(said.out)["libraries"])
    if (one["path"].get<std::string>().ends_with("half.so")) {
      BOOST_TEST((one["verdict"] == "refused"));
      BOOST_TEST((one["refused"]["cause"] == cause));
    }
  // What is not asked for hurts nobody.
  check_exit(bench.with({"check", "study.ini"}), 0);
  check_exit(bench.with({"plugins", "list"}), 0);
  bench.refused(
      bench.swapped("half"),
      "error: command line: <here>/plugins/half.so is damaged: its list of sections lies outside the file, so "
      "it holds no regulariser 'half'\n"
      "  build it again, or take it away if it is something else\n");
  said = bench.with({"plugins", "test", "plugins/half.so"});
  check_exit(said, 3);
  check_says(said.err, "error: there is no plugin to test: " + cause + "\n");
}

BOOST_AUTO_TEST_SUITE_END()
