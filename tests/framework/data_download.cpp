// Downloads from mirrors: success, and every way in which a mirror can fail.
#include <boost/test/unit_test.hpp>

#include <thread>

#include "data_environment.hpp"
#include "data_server.hpp"

using namespace pipeline::data;
using namespace support;

namespace {

const std::string good = "\x1f\x8b the right bytes";

std::vector<pipeline::DataFile> one(std::vector<std::string> mirrors) {
  return {{"a.gz", sha256_of_text(good), std::move(mirrors)}};
}

/// The error message if this is the answer of the only mirror. No file may be left on disk.
std::string refusal(Answer answer, std::chrono::seconds patience = std::chrono::seconds(30)) {
  const DataEnvironment environment;
  WebServer server({{"/a.gz", std::move(answer)}});
  const std::string said =
      message_of([&] { locate("set", one({server.url()}), {.pipeline_file = "mnist_snr.ini", .patience = patience}); });
  BOOST_TEST(environment.count("") == 0);
  check_says(said, server.url("/a.gz"));
  check_says(said, "pipeline run mnist_snr.ini dataset.plugin=digits");
  return said;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(data_download)

BOOST_AUTO_TEST_CASE(a_file_is_fetched_once_and_then_found) {
  const DataEnvironment environment;
  WebServer server({{"/a.gz", {.body = good}}});
  std::uint64_t have = 0, total = 0;
  std::string file_seen;
  FetchOptions options;
  options.progress = [&](const std::string& file, std::uint64_t h, std::uint64_t t) {
    file_seen = file, have = h, total = t;
  };
  const std::vector<Located> first = locate("set", one({server.url()}), options);
  BOOST_TEST(first.at(0).path == environment.home() / "set/a.gz");
  BOOST_TEST(first.at(0).source == server.url("/a.gz"));
  BOOST_TEST(first.at(0).sha256 == sha256_of_text(good));
  BOOST_TEST(read_file(first.at(0).path) == good);
  BOOST_TEST(file_seen == "a.gz");
  BOOST_TEST(have == good.size());
  BOOST_TEST(total == good.size());
  BOOST_TEST(locate("set", one({server.url()})).at(0).source == (environment.home() / "set").string());
  BOOST_TEST(server.asked("/a.gz") == 1);
  BOOST_TEST(environment.count(".part") == 0);
}

BOOST_AUTO_TEST_CASE(a_mirror_needs_no_slash_and_may_redirect) {
  const DataEnvironment environment;
  WebServer server({{"/old/a.gz", {.body = "", .status = "302 Found", .headers = "Location: /new/a.gz\r\n"}},
                    {"/new/a.gz", {.body = good}}});
  BOOST_TEST(read_file(locate("set", one({server.url("/old")})).at(0).path) == good);
}

BOOST_AUTO_TEST_CASE(the_next_mirror_is_tried) {
  const DataEnvironment environment;
  WebServer server({{"/bad/a.gz", {.body = "no", .status = "403 Forbidden"}}, {"/good/a.gz", {.body = good}}});
  BOOST_TEST(locate("set", one({closed_port(), server.url("/bad/"), server.url("/good/")})).at(0).source ==
             server.url("/good/a.gz"));
}

BOOST_AUTO_TEST_CASE(a_mirror_that_failed_is_tried_last_for_the_other_files) {
  const DataEnvironment environment;
  WebServer server({{"/good/a.gz", {.body = good}}, {"/good/b.gz", {.body = good}}});
  const std::vector<std::string> mirrors{server.url("/bad/"), server.url("/good/")};
  locate("set", {{"a.gz", sha256_of_text(good), mirrors}, {"b.gz", sha256_of_text(good), mirrors}});
  BOOST_TEST(server.asked("/bad/a.gz") == 1);
  BOOST_TEST(server.asked("/bad/b.gz") == 0);
}

BOOST_AUTO_TEST_CASE(status_403) { check_says(refusal({.body = "no", .status = "403 Forbidden"}), "HTTP status 403"); }

BOOST_AUTO_TEST_CASE(status_200_with_a_web_page) {
  const std::string said = refusal({.body = "\n<!DOCTYPE html><p>Log in to this network"});
  check_says(said, "web page");
  check_says(said, sha256_of_text(good));
}

BOOST_AUTO_TEST_CASE(wrong_bytes) { check_says(refusal({.body = "other"}), "SHA-256 " + sha256_of_text("other")); }

BOOST_AUTO_TEST_CASE(a_connection_that_breaks) { check_says(refusal({.body = good, .cut = 5}), "transfer closed"); }

BOOST_AUTO_TEST_CASE(a_connection_that_stalls) {
  check_says(refusal({.body = good, .cut = 5, .stall = true}, std::chrono::seconds(1)), "too slow");
}

BOOST_AUTO_TEST_CASE(no_network_reports_every_mirror) {
  const DataEnvironment environment;
  const std::string first = closed_port(), second = closed_port();
  const std::string said = message_of([&] { locate("set", one({first, second})); });
  for (const std::string& part : {first + "a.gz", second + "a.gz", std::string("connect"),
                                  (environment.home() / "set").string(), std::string("dataset.plugin=digits")})
    check_says(said, part);
  BOOST_TEST(environment.count("") == 0);
}

BOOST_AUTO_TEST_CASE(a_mirror_that_sends_too_much_is_cut_off) {
  const DataEnvironment environment;
  WebServer server({{"/endless/a.gz", {.body = good + std::string(1'000'000, 'x')}}, {"/good/a.gz", {.body = good}}});
  const FetchOptions options{.most_bytes = good.size()};
  const std::string said = message_of([&] { locate("set", one({server.url("/endless/")}), options); });
  check_says(said, "sends more than " + std::to_string(good.size()) + " bytes, the most that is downloaded");
  BOOST_TEST(environment.count("") == 0);
  BOOST_TEST(locate("set", one({server.url("/endless/"), server.url("/good/")}), options).at(0).source ==
             server.url("/good/a.gz"));
}

BOOST_AUTO_TEST_CASE(a_mirror_with_an_unsupported_protocol) {
  const DataEnvironment environment;
  check_says(message_of([] { locate("set", one({"gopher://old/"})); }), "rotocol");
}

BOOST_AUTO_TEST_CASE(a_home_that_cannot_be_written) {
  DataEnvironment environment;
  environment.set("XDG_DATA_HOME", "/proc/nowhere");  // not writable, not even by root
  WebServer server({{"/a.gz", {.body = good}}});
  const std::string said = message_of([&] { locate("set", one({server.url(), server.url()})); });
  check_says(said, "cannot create the folder /proc/nowhere/pipeline/data/set");
  check_says(said, "PIPELINE_DATA_PATH");
  BOOST_TEST(server.asked("/a.gz") == 0);
}

BOOST_AUTO_TEST_CASE(without_a_pinned_hash_a_gz_file_must_be_gzip) {
  const DataEnvironment environment;
  WebServer server(
      {{"/page/a.gz", {.body = "<html>"}}, {"/text/a.gz", {.body = "text"}}, {"/gzip/a.gz", {.body = good}}});
  const std::vector<Located> got =
      locate("set", {{"a.gz", "", {server.url("/page/"), server.url("/text/"), server.url("/gzip/")}}});
  BOOST_TEST(got.at(0).source == server.url("/gzip/a.gz"));
  BOOST_TEST((verify("set", {{"a.gz", "", {}}}).at(0).state == FileState::unpinned));
}

BOOST_AUTO_TEST_CASE(an_exception_from_progress_ends_the_download) {
  const DataEnvironment environment;
  WebServer server({{"/a.gz", {.body = good, .cut = 3, .stall = true}}});
  FetchOptions options;
  options.progress = [](const std::string&, std::uint64_t have, std::uint64_t) {
    if (have > 0) throw std::domain_error("enough");
  };
  BOOST_CHECK_THROW(locate("set", one({server.url()}), options), std::domain_error);
  BOOST_TEST(environment.count("") == 0);
}

BOOST_AUTO_TEST_CASE(simultaneous_downloads_do_not_interfere) {
  const DataEnvironment environment;
  const std::string large = good + std::string(3'000'000, 'x');
  WebServer server({{"/a.gz", {.body = large}}});
  std::vector<std::string> failures(4);
  {
    std::vector<std::jthread> programs;
    for (std::string& failure : failures)
      programs.emplace_back([&] {
        failure = message_of([&] { locate("set", {{"a.gz", sha256_of_text(large), {server.url()}}}); });
      });
  }
  for (const std::string& failure : failures) BOOST_TEST(failure == "");
  BOOST_TEST(read_file(environment.home() / "set/a.gz") == large);
  BOOST_TEST(environment.count("") == 1);
}

BOOST_AUTO_TEST_CASE(parts_left_by_killed_programs_are_removed_after_a_day) {
  const DataEnvironment environment;
  const fs::path old = environment.scratch.write("home/pipeline/data/set/a.gz.1.part", "x");
  fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours(25));
  environment.scratch.write("home/pipeline/data/set/a.gz.2.part", "another program's, still growing");
  WebServer server({{"/a.gz", {.body = good}}});
  locate("set", one({server.url()}));
  BOOST_TEST(!fs::exists(old));
  BOOST_TEST(environment.count(".part") == 1);
}

BOOST_AUTO_TEST_SUITE_END()
