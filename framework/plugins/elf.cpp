#include "plugins/elf.hpp"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <optional>
#include <set>

namespace pipeline::plugins {
namespace {

// Of real libraries the largest tables have some 20 MB. What claims more would only cost memory and time.
constexpr std::uint64_t kLargestTable = 256 << 20;

/// A file that is asked for a few of its bytes. Not mapped: one that is cut off meanwhile must not end the program.
class File {
 public:
  explicit File(const std::filesystem::path& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat status {};
    if (fd_ < 0 || ::fstat(fd_, &status) != 0) {
      const std::string why = std::strerror(errno);
      close();
      throw NoLibrary("cannot be read: " + why);
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
  }
  ~File() { close(); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool holds(std::uint64_t offset, std::uint64_t bytes) const { return offset <= size_ && bytes <= size_ - offset; }

  template <class T>
  std::vector<T> table(std::uint64_t offset, std::uint64_t count, const std::string& what) const {
    if (count > kLargestTable / sizeof(T)) throw DamagedLibrary(what + " is too large to be true");
    if (!holds(offset, count * sizeof(T))) throw DamagedLibrary(what + " lies outside the file");
    std::vector<T> out(count);
    char* const to = reinterpret_cast<char*>(out.data());
    for (std::uint64_t at = 0; at < count * sizeof(T);) {
      const ssize_t n = ::pread(fd_, to + at, count * sizeof(T) - at, static_cast<off_t>(offset + at));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) throw NoLibrary(std::string("cannot be read: ") + std::strerror(errno));
      if (n == 0) throw DamagedLibrary(what + " lies outside the file");
      at += static_cast<std::uint64_t>(n);
    }
    return out;
  }

 private:
  void close() {
    if (fd_ >= 0) ::close(fd_);
  }
  int fd_;
  std::uint64_t size_ = 0;
};

/// Where the symbols and their names lie in the file.
struct Tables {
  std::uint64_t symbols = 0, symbol_count = 0, names = 0, names_size = 0;
};

Elf64_Ehdr header(const File& file) {
  if (!file.holds(0, SELFMAG) || std::memcmp(file.table<char>(0, SELFMAG, "").data(), ELFMAG, SELFMAG) != 0)
    throw NoLibrary("is no library that can be read");
  const auto ident = file.table<unsigned char>(0, EI_NIDENT, "its header");
  const auto here = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
  if (ident[EI_CLASS] != ELFCLASS64 || ident[EI_DATA] != here) throw NoLibrary("is no library for this machine");
  const auto header = file.table<Elf64_Ehdr>(0, 1, "its header").front();
  if (header.e_type != ET_DYN) throw NoLibrary("is no shared library");
  return header;
}

/// The segments, of which all that is to be loaded lies in the file: the loader would die of less.
std::vector<Elf64_Phdr> segments(const File& file, const Elf64_Ehdr& header) {
  if (header.e_phentsize != sizeof(Elf64_Phdr))
    throw DamagedLibrary("its list of segments has entries of another size");
  auto all = file.table<Elf64_Phdr>(header.e_phoff, header.e_phnum, "its list of segments");
  for (const Elf64_Phdr& s : all)
    if (s.p_type == PT_LOAD && !file.holds(s.p_offset, s.p_filesz))
      throw DamagedLibrary("a part that is to be loaded lies outside the file");
  return all;
}

/// By the list of sections, which says how many symbols there are; nothing where it is missing or knows of none.
std::optional<Tables> by_sections(const File& file, const Elf64_Ehdr& header) {
  if (header.e_shoff == 0) return std::nullopt;
  const std::string list = "its list of sections";
  if (header.e_shentsize != sizeof(Elf64_Shdr)) throw DamagedLibrary(list + " has entries of another size");
  std::uint64_t count = header.e_shnum;
  if (count == 0) count = file.table<Elf64_Shdr>(header.e_shoff, 1, list).front().sh_size;  // more than 65279
  const auto all = file.table<Elf64_Shdr>(header.e_shoff, count, list);
  const auto symbols = std::ranges::find(all, Elf64_Word{SHT_DYNSYM}, &Elf64_Shdr::sh_type);
  if (symbols == all.end()) return std::nullopt;
  if (symbols->sh_entsize != sizeof(Elf64_Sym) || symbols->sh_size % sizeof(Elf64_Sym) != 0)
    throw DamagedLibrary("its table of symbols has entries of another size");
  if (symbols->sh_link >= all.size() || all[symbols->sh_link].sh_type != SHT_STRTAB)
    throw DamagedLibrary("its table of symbols has no table of names");
  const Elf64_Shdr& names = all[symbols->sh_link];
  return Tables{symbols->sh_offset, symbols->sh_size / sizeof(Elf64_Sym), names.sh_offset, names.sh_size};
}

/// As the loader sees it: a list of addresses, and how many symbols there are follows from the hash table.
class Dynamic {
 public:
  Dynamic(const File& file, std::vector<Elf64_Phdr> segments) : file_(file), segments_(std::move(segments)) {
    const auto list = std::ranges::find(segments_, Elf64_Word{PT_DYNAMIC}, &Elf64_Phdr::p_type);
    if (list == segments_.end()) throw DamagedLibrary("it says nowhere what it exports");
    entries_ = file.table<Elf64_Dyn>(list->p_offset, list->p_filesz / sizeof(Elf64_Dyn), "its list for the loader");
  }
  Tables tables() const {
    if (value(DT_SYMENT, "size of a symbol") != sizeof(Elf64_Sym))
      throw DamagedLibrary("its table of symbols has entries of another size");
    return {offset(value(DT_SYMTAB, "table of symbols")), symbols(), offset(value(DT_STRTAB, "table of names")),
            value(DT_STRSZ, "size of its table of names")};
  }

 private:
  std::optional<std::uint64_t> entry(Elf64_Sxword tag) const {
    for (const Elf64_Dyn& e : entries_) {
      if (e.d_tag == DT_NULL) break;
      if (e.d_tag == tag) return e.d_un.d_val;
    }
    return std::nullopt;
  }
  std::uint64_t value(Elf64_Sxword tag, const std::string& what) const {
    if (const auto known = entry(tag)) return *known;
    throw DamagedLibrary("its list for the loader names no " + what);
  }
  std::uint64_t offset(std::uint64_t address) const {
    for (const Elf64_Phdr& s : segments_)
      if (s.p_type == PT_LOAD && address >= s.p_vaddr && address - s.p_vaddr < s.p_filesz)
        return address - s.p_vaddr + s.p_offset;
    throw DamagedLibrary("its list for the loader points outside the file");
  }
  std::uint64_t symbols() const {
    const std::string what = "its table of hashes";
    if (const auto old = entry(DT_HASH)) return file_.table<Elf64_Word>(offset(*old), 2, what)[1];
    const std::uint64_t at = offset(value(DT_GNU_HASH, "table of hashes"));
    const auto head = file_.table<Elf64_Word>(at, 4, what);  // buckets, first symbol, words of the filter, shift
    const std::uint64_t buckets_at = at + 4 * sizeof(Elf64_Word) + std::uint64_t{head[2]} * sizeof(Elf64_Xword);
    const auto buckets = file_.table<Elf64_Word>(buckets_at, head[0], what);
    const std::uint64_t last = buckets.empty() ? 0 : std::ranges::max(buckets);
    if (last < head[1]) return head[1];  // it exports nothing
    // The last bucket's chain ends with the table, at a hash whose lowest bit is set.
    std::uint64_t chain_at = buckets_at + (buckets.size() + last - head[1]) * sizeof(Elf64_Word), count = last;
    constexpr std::uint64_t several = 256;
    for (;;) {
      const std::uint64_t some = file_.holds(chain_at, several * sizeof(Elf64_Word)) ? several : 1;
      for (const Elf64_Word hash : file_.table<Elf64_Word>(chain_at, some, what)) {
        ++count;
        if (hash & 1) return count;
      }
      chain_at += some * sizeof(Elf64_Word);
    }
  }
  const File& file_;
  std::vector<Elf64_Phdr> segments_;
  std::vector<Elf64_Dyn> entries_;
};

bool seen_by_others(const Elf64_Sym& s) {
  const auto visibility = ELF64_ST_VISIBILITY(s.st_other);
  return s.st_shndx != SHN_UNDEF && ELF64_ST_BIND(s.st_info) != STB_LOCAL &&
         (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

}  // namespace

std::vector<std::string> exported_names(const std::filesystem::path& library, const std::string& start) {
  const File file(library);
  const Elf64_Ehdr head = header(file);
  const std::vector<Elf64_Phdr> loaded = segments(file, head);
  const std::optional<Tables> listed = by_sections(file, head);
  const Tables where = listed ? *listed : Dynamic(file, loaded).tables();
  const auto symbols = file.table<Elf64_Sym>(where.symbols, where.symbol_count, "its table of symbols");
  const auto names = file.table<char>(where.names, where.names_size, "its table of names");
  if (!symbols.empty() && (names.empty() || names.back() != 0)) throw DamagedLibrary("its table of names has no end");
  std::set<std::string> out;  // one symbol may have several versions
  for (const Elf64_Sym& s : symbols) {
    if (s.st_name >= names.size()) throw DamagedLibrary("the name of a symbol lies outside its table of names");
    const char* const name = names.data() + s.st_name;  // ends before the table does
    if (!seen_by_others(s) || std::strncmp(name, start.c_str(), start.size()) != 0) continue;
    // Longer than any name in a file: nobody's plugin, and a table of such would take the square of its size to read.
    if (const std::size_t length = ::strnlen(name, 512); length < 512) out.emplace(name, length);
  }
  return {out.begin(), out.end()};
}

}  // namespace pipeline::plugins
