// Prints the commit of the working directory, in a line of its own, and then whether tracked files differ from it:
// "clean", "dirty" or "unknown". The second takes long in a large tree. Prints nothing outside a repository, or in one that belongs to another user, as git does.
//
// libgit2 runs no other program, whereas git runs those that the settings of a repository name (core.fsmonitor, filters
// and others), and the folder of a pipeline may come from anybody. It still reads what that folder contains, where a
// pipe hangs and a damaged file may crash: hence a process of its own, with a time limit.
#include <git2.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

namespace {

template <class T, void (*free)(T*)>
struct Freed {
  void operator()(T* object) const { free(object); }
};
template <class T, void (*free)(T*)>
using Owned = std::unique_ptr<T, Freed<T, free>>;

/// A change that a filter (such as Git LFS) may undo, which only git could tell by running it.
bool is_up_to_a_filter(git_repository* repository, const git_status_entry& entry) {
  const char* filter = nullptr;
  return entry.status == GIT_STATUS_WT_MODIFIED &&
         git_attr_get(&filter, repository, GIT_ATTR_CHECK_FILE_THEN_INDEX, entry.index_to_workdir->new_file.path,
                      "filter") == 0 &&
         git_attr_value(filter) == GIT_ATTR_VALUE_STRING;
}

const char* state_of(git_repository* repository) {
  git_status_options options;
  if (git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION) != 0) return "unknown";
  options.flags = 0;  // untracked files do not count
  git_status_list* list = nullptr;
  if (git_status_list_new(&list, repository, &options) != 0) return "unknown";
  const Owned<git_status_list, git_status_list_free> owned(list);
  const char* state = "clean";
  for (std::size_t i = 0; i < git_status_list_entrycount(list); ++i) {
    if (!is_up_to_a_filter(repository, *git_status_byindex(list, i))) return "dirty";
    state = "unknown";
  }
  return state;
}

}  // namespace

int main() {
  // A relative folder would take the user's settings from the working directory.
  for (const char* variable : {"HOME", "XDG_CONFIG_HOME"})
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread has started
    if (const char* folder = std::getenv(variable); folder && *folder != '/') ::unsetenv(variable);
  git_libgit2_init();
  git_repository* repository = nullptr;
  if (git_repository_open_ext(&repository, ".", 0, nullptr) != 0) return 0;
  const Owned<git_repository, git_repository_free> owned(repository);
  git_oid commit;
  if (git_reference_name_to_id(&commit, repository, "HEAD") != 0) return 0;
  char digits[GIT_OID_HEXSZ + 1];
  std::puts(git_oid_tostr(digits, sizeof digits, &commit));
  std::fflush(stdout);
  std::puts(state_of(repository));
}
