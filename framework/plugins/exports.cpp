#include "plugins/exports.hpp"

#include <fcntl.h>
#include <gelf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <set>
#include <system_error>

namespace pipeline::plugins {
namespace {

/// An ELF file opened by libelf. It is read, not mapped: truncating the file meanwhile must not crash the program.
class ElfFile {
 public:
  explicit ElfFile(const std::filesystem::path& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat status {};
    if (fd_ < 0 || ::fstat(fd_, &status) != 0) {
      const std::string why = std::generic_category().message(errno);
      close();
      throw NotALibrary("cannot be read: " + why);
    }
    size_ = static_cast<std::uint64_t>(status.st_size);
    ::elf_version(EV_CURRENT);
    elf_ = ::elf_begin(fd_, ELF_C_READ, nullptr);
  }
  ~ElfFile() { close(); }
  ElfFile(const ElfFile&) = delete;
  ElfFile& operator=(const ElfFile&) = delete;

  operator Elf*() const { return elf_; }
  bool holds(std::uint64_t offset, std::uint64_t bytes) const { return offset <= size_ && bytes <= size_ - offset; }

 private:
  void close() {
    if (elf_) ::elf_end(elf_);
    if (fd_ >= 0) ::close(fd_);
  }
  int fd_;
  std::uint64_t size_ = 0;
  Elf* elf_ = nullptr;
};

// What this program runs on; 0 where that is not in the list.
#if defined(__x86_64__)
constexpr int kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr int kMachine = EM_AARCH64;
#elif defined(__riscv)
constexpr int kMachine = EM_RISCV;
#elif defined(__powerpc64__)
constexpr int kMachine = EM_PPC64;
#else
constexpr int kMachine = 0;
#endif

std::string name_of_machine(int machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_386:
      return "32-bit x86";
    case EM_AARCH64:
      return "64-bit ARM";
    case EM_ARM:
      return "32-bit ARM";
    case EM_RISCV:
      return "RISC-V";
    case EM_PPC64:
      return "64-bit Power";
    case EM_S390:
      return "S/390";
    default:
      return "another processor";
  }
}

void check_kind(const ElfFile& file) {
  if (!file || ::elf_kind(file) != ELF_K_ELF) throw NotALibrary("is not a valid ELF file");
  GElf_Ehdr header{};
  if (!::gelf_getehdr(file, &header)) throw DamagedLibrary("its header is truncated");
  const auto here = std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
  if (::gelf_getclass(file) != ELFCLASS64 || header.e_ident[EI_DATA] != here)
    throw NotALibrary("is not a library for this machine");
  if (kMachine && header.e_machine != kMachine)
    throw NotALibrary("is a library for " + name_of_machine(header.e_machine) + ", and this machine is " +
                      name_of_machine(kMachine));
  if (header.e_type != ET_DYN) throw NotALibrary("is not a shared library");
}

/// The loader would crash on a segment outside the file.
void check_segments(const ElfFile& file) {
  std::size_t count = 0;
  if (::elf_getphdrnum(file, &count) != 0) throw DamagedLibrary("its segment table is outside the file");
  for (std::size_t i = 0; i < count; ++i) {
    GElf_Phdr segment{};
    if (!::gelf_getphdr(file, static_cast<int>(i), &segment))
      throw DamagedLibrary("its segment table is outside the file");
    if (segment.p_type == PT_LOAD && !file.holds(segment.p_offset, segment.p_filesz))
      throw DamagedLibrary("a loadable segment is outside the file");
  }
}

bool is_exported(const GElf_Sym& s) {
  const auto visibility = GELF_ST_VISIBILITY(s.st_other);
  return s.st_shndx != SHN_UNDEF && GELF_ST_BIND(s.st_info) != STB_LOCAL &&
         (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
}

/// Adds the exported names of one symbol table. One symbol may have several versions, hence a set.
void add_names(const ElfFile& file, Elf_Scn* section, const GElf_Shdr& header, const std::string& start,
               std::set<std::string>& names) {
  if (header.sh_entsize != sizeof(Elf64_Sym)) throw DamagedLibrary("its symbol table has entries of the wrong size");
  Elf_Data* const table = ::elf_getdata(section, nullptr);
  if (!table) throw DamagedLibrary("its symbol table is outside the file");
  for (std::size_t i = 0; i < table->d_size / header.sh_entsize; ++i) {
    GElf_Sym symbol{};
    if (!::gelf_getsym(table, static_cast<int>(i), &symbol)) throw DamagedLibrary("its symbol table is truncated");
    const char* const name = ::elf_strptr(file, header.sh_link, symbol.st_name);
    if (!name) throw DamagedLibrary("the name of a symbol is outside its string table");
    if (!is_exported(symbol) || std::strncmp(name, start.c_str(), start.size()) != 0) continue;
    // A longer name than any file can have is not a plugin's.
    if (const std::size_t length = ::strnlen(name, 512); length < 512) names.emplace(name, length);
  }
}

}  // namespace

std::vector<std::string> exported_names(const std::filesystem::path& library, const std::string& start) {
  const ElfFile file(library);
  check_kind(file);
  check_segments(file);
  // The loader does without sections, but only they give the length of the symbol table.
  std::size_t sections = 0;
  if (::elf_getshdrnum(file, &sections) != 0 || sections == 0)
    throw DamagedLibrary("its section table is missing or cut off");
  std::set<std::string> names;
  bool found = false;
  for (Elf_Scn* section = nullptr; (section = ::elf_nextscn(file, section));) {
    GElf_Shdr header{};
    if (!::gelf_getshdr(section, &header)) throw DamagedLibrary("its section table is truncated");
    if (header.sh_type != SHT_DYNSYM) continue;
    found = true;
    add_names(file, section, header, start, names);
  }
  if (!found) throw DamagedLibrary("its section table lists no table of exported symbols");
  return {names.begin(), names.end()};
}

}  // namespace pipeline::plugins
