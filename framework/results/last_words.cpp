#include "results/last_words.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "base/utf8.hpp"

namespace pipeline::results {

namespace {

// Of the run that began last; a process has more than one only in tests.
std::atomic<const LastWords*> current = nullptr;

/// Writes one piece after the other at the start of a file, without allocating.
struct Overwriter {
  int file;
  std::size_t at = 0;
  void write(const char* bytes, std::size_t count) {
    while (count > 0) {
      const ssize_t written = ::pwrite(file, bytes, count, static_cast<off_t>(at));
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;
      at += static_cast<std::size_t>(written), bytes += written, count -= static_cast<std::size_t>(written);
    }
  }
  /// White space may follow a JSON value.
  void fill_up_to(std::size_t size) {
    char blanks[512];
    std::fill(std::begin(blanks), std::end(blanks), ' ');
    while (at < size) {
      const std::size_t before = at;
      write(blanks, std::min(sizeof blanks, size - at));
      if (at == before) return;
    }
  }
};

}  // namespace

LastWords::LastWords(const std::filesystem::path& file, std::size_t size, std::string before, std::string after,
                     std::string stopped)
    : file_(::open(file.c_str(), O_WRONLY | O_CLOEXEC)),
      size_(size),
      before_(std::move(before)),
      after_(std::move(after)),
      stopped_(std::move(stopped)) {
  current = this;
}

LastWords::~LastWords() {
  end();
  if (file_ >= 0) ::close(file_);
}

void LastWords::end() {
  const LastWords* self = this;
  current.compare_exchange_strong(self, nullptr);
}

bool LastWords::overwrite(std::string_view text) const {
  if (file_ < 0 || text.size() > size_) return false;
  Overwriter out{file_};
  out.write(text.data(), text.size());
  out.fill_up_to(size_);
  return out.at == size_;
}

void run_crashed(const char* why) {
  const LastWords* run = current.exchange(nullptr);
  if (!run || run->file_ < 0) return;
  Overwriter out{run->file_};
  out.write(run->before_.data(), run->before_.size());
  for (std::string_view rest = why; !rest.empty();) {
    const char first = rest.front();
    const std::size_t length = base::length_at(rest, 0);  // 0 if it is not UTF-8, as JSON must be
    const bool plain = length > 0 && static_cast<unsigned char>(first) >= 0x20 && first != '"' && first != '\\';
    const std::string_view shown = plain ? rest.substr(0, length) : first == '"' ? "'" : " ";
    if (out.at + shown.size() + run->after_.size() >= run->size_) break;
    out.write(shown.data(), shown.size());
    rest.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out.write(run->after_.data(), run->after_.size());
  out.fill_up_to(run->size_);
}

void run_was_stopped() {
  if (const LastWords* run = current.exchange(nullptr)) run->overwrite(run->stopped_);
}

}  // namespace pipeline::results
