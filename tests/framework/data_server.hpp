// A web server for tests: one thread on 127.0.0.1 that sends prepared answers.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace support {

struct Answer {
  std::string body;
  std::string status = "200 OK";
  std::string headers = {};             // each ending in \r\n
  std::size_t cut = std::string::npos;  // close the connection after this many bytes of the body
  bool stall = false;                   // send nothing more after `cut`, but keep the connection open
};

class WebServer {
 public:
  explicit WebServer(std::map<std::string, Answer> answers) : answers_(std::move(answers)) {
    listening_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (bind(listening_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listening_, 16) != 0)
      throw std::runtime_error("cannot open a port on 127.0.0.1");
    getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](std::stop_token stop) { serve(stop); });
  }
  ~WebServer() {
    thread_.request_stop();
    thread_.join();
    close(listening_);
  }

  std::string url(const std::string& path = "/") const { return "http://127.0.0.1:" + std::to_string(port_) + path; }
  /// The number of requests for a path.
  int asked(const std::string& path) {
    const std::lock_guard lock(guard_);
    return asked_[path];
  }

 private:
  static bool readable(int socket) {
    pollfd wait{socket, POLLIN, 0};
    return poll(&wait, 1, 20) > 0;
  }

  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (!readable(listening_)) continue;
      const int connection = accept(listening_, nullptr, nullptr);
      if (connection < 0) continue;
      answer(connection, stop);
      close(connection);
    }
  }

  void answer(int connection, const std::stop_token& stop) {
    std::string request;
    char piece[4096];
    while (request.find("\r\n\r\n") == std::string::npos) {
      const ssize_t got = recv(connection, piece, sizeof piece, 0);
      if (got <= 0) return;
      request.append(piece, static_cast<std::size_t>(got));
    }
    const std::size_t from = request.find(' ') + 1;
    const std::string path = request.substr(from, request.find(' ', from) - from);
    {
      const std::lock_guard lock(guard_);
      ++asked_[path];
    }
    const auto it = answers_.find(path);
    const Answer a = it == answers_.end() ? Answer{.body = "no", .status = "404 Not Found"} : it->second;
    send_all(connection, "HTTP/1.1 " + a.status + "\r\nContent-Length: " + std::to_string(a.body.size()) +
                             "\r\nConnection: close\r\n" + a.headers + "\r\n" + a.body.substr(0, a.cut));
    while (a.stall && !stop.stop_requested() && !readable(connection)) {
    }
  }

  static void send_all(int connection, const std::string& text) {
    for (std::size_t done = 0; done < text.size();) {
      const ssize_t sent = send(connection, text.data() + done, text.size() - done, MSG_NOSIGNAL);
      if (sent <= 0) return;
      done += static_cast<std::size_t>(sent);
    }
  }

  std::map<std::string, Answer> answers_;
  std::map<std::string, int> asked_;
  std::mutex guard_;
  int listening_ = -1, port_ = 0;
  std::jthread thread_;
};

/// An address on this machine without a listener.
inline std::string closed_port() {
  std::string url;
  { url = WebServer({}).url(); }
  return url;
}

}  // namespace support
