// Plugins on several threads that change what belongs to the process: each call answers for its own changes.
#include <boost/test/unit_test.hpp>

#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include <barrier>
#include <csignal>
#include <functional>
#include <optional>
#include <semaphore>
#include <thread>

#include "plugins/call_scope.hpp"
#include "plugins/process_state.hpp"
#include "support/scratch.hpp"

using namespace pipeline::plugins;

namespace {

/// One call into a plugin on a thread of its own. Each function returns when the thread has done it.
class Call {
 public:
  Call() {
    then([this] { scope_.emplace(PluginCall{"regulariser", "mine", "GradientChange::change", "m", 0}); });
  }
  ~Call() {
    if (scope_) end();
    work_ = {};
    go_.release();
    thread_.join();
  }
  /// As the program's own versions of these functions do (cli/interposed.cpp).
  void change(Shared kind, std::function<void()> f) {
    then([=] { about_to_change_the_process(kind), f(); });
  }
  void umask(mode_t mask) {
    change(Shared::umask, [=] { ::umask(mask); });
  }
  void go_to(const std::filesystem::path& folder) {
    change(Shared::folder, [=] { BOOST_TEST(::chdir(folder.c_str()) == 0); });
  }
  /// Returns what the call is blamed for.
  std::string end() {
    std::string blamed;
    then([&] {
      try {
        scope_->expect_unchanged();
      } catch (const LeftChanged& e) {
        blamed = e.changed;
      }
      scope_.reset();
    });
    return blamed;
  }
  void then(std::function<void()> f) {
    work_ = std::move(f);
    go_.release();
    done_.acquire();
  }

 private:
  std::function<void()> work_;
  std::binary_semaphore go_{0}, done_{0};
  std::optional<CallScope> scope_;
  std::thread thread_{[this] {
    for (go_.acquire(); work_; go_.acquire()) work_(), done_.release();
  }};
};

mode_t present_umask() {
  const mode_t now = ::umask(0);
  ::umask(now);
  return now;
}

/// How the test found the process, restored whatever happens.
struct AsFound {
  const mode_t mask = present_umask();
  const std::filesystem::path folder = std::filesystem::current_path();
  ~AsFound() {
    ::umask(mask);
    std::filesystem::current_path(folder);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(changes_blamed)

BOOST_AUTO_TEST_CASE(a_call_is_not_blamed_for_what_another_changes) {
  const AsFound found;
  Call a, b;
  a.go_to("/");
  b.umask(0);
  b.umask(found.mask);
  BOOST_TEST(b.end() == "");
  BOOST_TEST(std::filesystem::current_path() == "/");  // a may still restore it itself
  BOOST_TEST(a.end() == "the working directory");
  BOOST_TEST(std::filesystem::current_path() == found.folder);
}

BOOST_AUTO_TEST_CASE(of_two_calls_that_change_the_same_the_one_that_leaves_it_changed_is_blamed) {
  const AsFound found;
  const mode_t mask = found.mask;
  {
    Call leaves, restores;
    leaves.umask(0);
    restores.umask(077), restores.umask(0);  // what it found
    BOOST_TEST(leaves.end() == "the umask");
    BOOST_TEST(restores.end() == "");
    BOOST_TEST(present_umask() == mask);
  }
  {
    Call restores, leaves;
    restores.umask(0);
    leaves.umask(077);
    BOOST_TEST(leaves.end() == "the umask");
    BOOST_TEST(present_umask() == 0u);  // what the other one still needs
    restores.umask(mask);
    BOOST_TEST(restores.end() == "");
    BOOST_TEST(present_umask() == mask);
  }
  {
    Call a, b;
    a.umask(0), b.umask(077);
    BOOST_TEST(a.end() == "the umask");
    BOOST_TEST(b.end() == "the umask");
    BOOST_TEST(present_umask() == mask);
  }
}

BOOST_AUTO_TEST_CASE(two_calls_that_each_restore_what_they_found_leave_nothing_changed) {
  const AsFound found;
  Call a, b;
  a.umask(0);
  b.umask(077);
  a.umask(found.mask);
  b.umask(0);
  BOOST_TEST(a.end() == "");
  BOOST_TEST(b.end() == "");
  BOOST_TEST(present_umask() == found.mask);
}

BOOST_AUTO_TEST_CASE(calls_that_end_at_the_same_moment_leave_nothing_changed) {
  const AsFound found;
  constexpr int rounds = 10000;
  std::barrier together(2);
  int left = 0;
  const auto call = [&](mode_t mask, bool looks) {
    for (int i = 0; i < rounds; ++i) {
      together.arrive_and_wait();
      {
        CallScope scope({"regulariser", "mine", "GradientChange::change", "m", 0});
        about_to_change_the_process(Shared::umask), ::umask(mask);
        together.arrive_and_wait();
      }
      together.arrive_and_wait();
      if (!looks) continue;
      left += present_umask() != found.mask;
      ::umask(found.mask);
    }
  };
  std::jthread other([&] { call(0, false); });
  call(077, true);
  BOOST_TEST(left == 0);
}

BOOST_AUTO_TEST_CASE(a_call_inside_another_one_finds_what_that_has_changed) {
  const AsFound found;
  Call outer;
  outer.umask(0);
  std::string blamed;
  outer.then([&] {
    CallScope inner({"regulariser", "inner", "ActivationChange::measure", "m", 0});
    about_to_change_the_process(Shared::umask), ::umask(077);
    about_to_change_the_process(Shared::umask), ::umask(0);
    BOOST_CHECK_NO_THROW(inner.expect_unchanged());
  });
  BOOST_TEST(present_umask() == 0u);
  outer.umask(found.mask);
  BOOST_TEST(outer.end() == "");
}

BOOST_AUTO_TEST_CASE(what_belongs_to_one_thread_touches_nothing_of_the_process) {
  const AsFound found;
  Call a, b;
  a.umask(0);
  b.change(Shared::blocked_signals, [] {
    sigset_t all;
    ::sigfillset(&all), ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  });
  const locale_t other = ::newlocale(LC_ALL_MASK, "C", nullptr);
  b.change(Shared::thread_locale, [=] { ::uselocale(other); });
  BOOST_TEST(b.end() == "the locale and which signals are blocked");
  BOOST_TEST(present_umask() == 0u);
  bool blocked = true;
  b.then([&] {
    sigset_t now;
    ::pthread_sigmask(SIG_SETMASK, nullptr, &now);
    blocked = ::sigismember(&now, SIGUSR1) == 1;
  });
  BOOST_TEST(!blocked);
  a.umask(found.mask);
  BOOST_TEST(a.end() == "");
  ::freelocale(other);
}

BOOST_AUTO_TEST_SUITE_END()
