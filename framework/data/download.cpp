#include "data/download.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <exception>
#include <memory>

#include "base/sha256.hpp"

namespace pipeline::data {
namespace {

/// State shared by libcurl's callbacks. Exceptions must not pass through libcurl, so the callbacks store them here.
struct Transfer {
  base::AtomicFile& file;
  const std::uint64_t most;
  const std::function<void(std::uint64_t, std::uint64_t)>& progress;
  base::Sha256 sum;
  std::string beginning;
  std::exception_ptr thrown;
  std::uint64_t received = 0;

  bool attempt(auto&& work) {
    try {
      work();
      return true;
    } catch (...) {
      thrown = std::current_exception();
      return false;
    }
  }
};

MirrorFailed too_large(std::uint64_t most) {
  return MirrorFailed("sends more than " + std::to_string(most) + " bytes, the most that is downloaded");
}

std::size_t on_bytes(char* bytes, std::size_t, std::size_t count, void* user) {
  Transfer& t = *static_cast<Transfer*>(user);
  const bool ok = t.attempt([&] {
    t.received += count;
    if (t.received > t.most) throw too_large(t.most);
    t.file.write({bytes, count});
    t.sum.add(bytes, count);
    if (t.beginning.size() < 16) t.beginning.append(bytes, std::min<std::size_t>(count, 16));
  });
  return ok ? count : 0;  // anything but count ends the transfer
}

int on_progress(void* user, curl_off_t total, curl_off_t have, curl_off_t, curl_off_t) {
  Transfer& t = *static_cast<Transfer*>(user);
  if (!t.progress) return 0;
  return t.attempt([&] { t.progress(static_cast<std::uint64_t>(have), static_cast<std::uint64_t>(total)); }) ? 0 : 1;
}

}  // namespace

bool looks_like_web_page(const std::string& beginning) {
  const std::size_t first = beginning.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return first != std::string::npos && beginning[first] == '<';
}

Downloaded download(const std::string& url, base::AtomicFile& file, std::chrono::seconds patience, std::uint64_t most,
                    const std::function<void(std::uint64_t, std::uint64_t)>& progress) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURL, void (*)(CURL*)> curl(curl_easy_init(), curl_easy_cleanup);
  if (ready != CURLE_OK || !curl) throw MirrorFailed("libcurl cannot be initialised");
  const auto set = [&](CURLoption option, auto value) { curl_easy_setopt(curl.get(), option, value); };

  Transfer transfer{file, most, progress, {}, {}, {}};
  char reason[CURL_ERROR_SIZE] = "";
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_USERAGENT, "pipeline/" PIPELINE_VERSION);
#if LIBCURL_VERSION_NUM >= 0x075500
  set(CURLOPT_PROTOCOLS_STR, "http,https,file");
  set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
#endif
  set(CURLOPT_FOLLOWLOCATION, 1L);
  set(CURLOPT_MAXREDIRS, 10L);
  set(CURLOPT_FAILONERROR, 1L);
  set(CURLOPT_NOSIGNAL, 1L);  // the program handles signals
  set(CURLOPT_CONNECTTIMEOUT, static_cast<long>(patience.count()));
  set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(most));  // where the mirror states the size
  set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(patience.count()));
  set(CURLOPT_LOW_SPEED_LIMIT, 1000L);  // bytes per second; anything slower counts as stalled
  set(CURLOPT_ERRORBUFFER, reason);
  set(CURLOPT_WRITEFUNCTION, on_bytes);
  set(CURLOPT_WRITEDATA, &transfer);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, on_progress);
  set(CURLOPT_XFERINFODATA, &transfer);

  const CURLcode code = curl_easy_perform(curl.get());
  if (transfer.thrown) std::rethrow_exception(transfer.thrown);
  if (code == CURLE_FILESIZE_EXCEEDED) throw too_large(most);
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  if (code == CURLE_HTTP_RETURNED_ERROR) throw MirrorFailed("answered with HTTP status " + std::to_string(status));
  if (code != CURLE_OK) throw MirrorFailed(*reason ? reason : curl_easy_strerror(code));
  return {transfer.sum.hex(), transfer.beginning};
}

}  // namespace pipeline::data
