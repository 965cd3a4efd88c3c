// The answers of a mirror. The input's first byte decides whether the file's hash is known; the rest is sent to every
// request as it is, so that it decides status, headers, redirections, length and body. libcurl reads it.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <mutex>
#include <thread>

#include "data/files.hpp"
#include "fuzz/fuzz.hpp"

namespace {

/// Listens on many addresses of this machine in turn, because a connection's address cannot be used again for a minute.
class Mirror {
 public:
  Mirror() : listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;  // all addresses, some free port
    socklen_t size = sizeof address;
    if (::bind(listening_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listening_, 16) != 0)
      throw std::logic_error("cannot open a port");
    ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    std::thread([this] {
      while (true) answer(::accept(listening_, nullptr, nullptr));
    }).detach();
  }
  std::string next_url() {
    at_ = at_ % 60'000 + 1;
    return "http://127.1." + std::to_string(at_ / 250) + "." + std::to_string(at_ % 250 + 1) + ":" +
           std::to_string(port_) + "/";
  }
  void answer_with(std::string_view text) {
    const std::lock_guard lock(mutex_);
    text_ = text;
  }

 private:
  /// A copy, because the download may be over before the answer is sent.
  std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  void answer(int connection) {
    char request[4096];
    if (::recv(connection, request, sizeof request, 0) > 0) {
      const std::string answer = text();
      ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
    }
    ::shutdown(connection, SHUT_WR);
    while (::recv(connection, request, sizeof request, 0) > 0) continue;
    ::close(connection);
  }
  int listening_, port_ = 0, at_ = 0;
  std::mutex mutex_;
  std::string text_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pipeline;
  static const fuzz::Folder folder;
  static Mirror& mirror = *new Mirror;  // its thread ends with the process
  if (std::filesystem::exists("data"))
    throw std::logic_error("downloads would go to data/ of the working directory, and be found there");
  if (size == 0) return 0;
  const std::string url = mirror.next_url();
  // Wherever a redirection leads, this mirror answers.
  for (const char* proxy : {"http_proxy", "https_proxy", "ALL_PROXY"}) ::setenv(proxy, url.c_str(), 1);
  for (const char* exception : {"no_proxy", "NO_PROXY"}) ::setenv(exception, "", 1);
  ::setenv("PIPELINE_DATA_PATH", "", 1);
  ::setenv("XDG_DATA_HOME", folder.path().c_str(), 1);
  mirror.answer_with(fuzz::text_of(data + 1, size - 1));
  const bool pinned = data[0] & 1;
  // Of the text "right".
  const std::string sum = pinned ? "27042f4e6eca7d0b2a7ee4026df2ecfa51d3339e6d122aa099118ecd8563bad9" : "";
  data::FetchOptions options;
  options.patience = std::chrono::seconds(2);
  fuzz::may_throw<data::DataError>([&] { data::locate("fuzzed", {{"x.gz", sum, {url}}}, options); });
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path()))
    if (entry.path().extension() == ".part") throw std::logic_error("a part was left behind");
  std::filesystem::remove_all(folder.path() / "pipeline");
  return 0;
}
