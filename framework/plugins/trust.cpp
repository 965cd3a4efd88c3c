#include "plugins/trust.hpp"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

#include "base/utf8.hpp"

namespace pipeline::plugins {
namespace fs = std::filesystem;

namespace {

std::string name_of_user(uid_t id) {
  char room[4096];
  passwd entry{}, *found = nullptr;
  return ::getpwuid_r(id, &entry, room, sizeof room, &found) == 0 && found ? found->pw_name : std::to_string(id);
}

/// Whether this is the primary group of anybody else; getgrgid() does not list users whose primary group it is. Read from
/// the file, because a directory service does not list its users.
bool is_primary_group_of_others(gid_t id, uid_t owner) {
  const std::unique_ptr<FILE, int (*)(FILE*)> users(std::fopen("/etc/passwd", "re"), std::fclose);
  char room[16384];
  passwd entry{}, *user = nullptr;
  int error = users ? 0 : errno;
  while (!error && (error = ::fgetpwent_r(users.get(), &entry, room, sizeof room, &user)) == 0)
    if (user->pw_gid == id && user->pw_uid != owner) return true;
  return error != ENOENT;  // that is the end of the file; what could not be read may name others
}

/// Debian gives every user a group of the same name.
bool has_only_its_owner(gid_t id, uid_t owner) {
  char room[16384];
  group entry{}, *found = nullptr;
  if (::getgrgid_r(id, &entry, room, sizeof room, &found) != 0 || !found) return false;
  const std::string name = name_of_user(owner);
  if (name != found->gr_name) return false;
  for (char** member = found->gr_mem; *member; ++member)
    if (name != *member) return false;
  return !is_primary_group_of_others(id, owner);
}

struct Doubt {
  std::string what;    // "everybody can write to"
  std::string remedy;  // "chmod o-w", to which the path is added
};

/// Why somebody else can replace this file, or what this folder contains.
std::optional<Doubt> doubt_about(const fs::path& path, bool sticky_protects) {
  struct stat s {};
  if (::stat(path.c_str(), &s) != 0) return std::nullopt;  // then loading it fails
  if (s.st_uid != 0 && s.st_uid != ::geteuid())
    return Doubt{"user " + base::quoted(name_of_user(s.st_uid)) + ", who is neither you nor root, owns",
                 "chown " + name_of_user(::geteuid())};
  if (sticky_protects && s.st_mode & S_ISVTX) return std::nullopt;
  if (s.st_mode & S_IWOTH) return Doubt{"everybody can write to", "chmod o-w"};
  // With an access control list, the group's permissions are the most that any of its users and groups has.
  if (s.st_mode & S_IWGRP && ::getxattr(path.c_str(), "system.posix_acl_access", nullptr, 0) > 0)
    return Doubt{"an access control list may let others write to", "chmod g-w"};
  if (s.st_mode & S_IWGRP && s.st_gid != 0 && !has_only_its_owner(s.st_gid, s.st_uid))
    return Doubt{"a group of users can write to", "chmod g-w"};
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> refusal_of_untrusted(const SearchPath& path, const fs::path& named) {
  std::error_code unreadable;
  const fs::path real = fs::canonical(named, unreadable);  // where a link leads
  const auto given_end = path.folders.begin() + static_cast<std::ptrdiff_t>(path.given);
  // Of a link, who can replace the link and who can replace what it leads to.
  for (const fs::path& library :
       unreadable ? std::vector{named} : std::vector{real, fs::absolute(named).lexically_normal()}) {
    const fs::path folder = library.parent_path();
    if (folder == own_folder() || std::find(path.folders.begin(), given_end, folder) != given_end) continue;
    const auto refusal = [&](const Doubt& doubt, const std::string& what, const fs::path& where) {
      return Refusal{
          doubt.what + " " + what,
          {},
          "run '" + doubt.remedy + " " + where.string() + "', or use it anyway with --plugin-path " + folder.string()};
    };
    if (const auto doubt = doubt_about(folder, false)) return refusal(*doubt, "its folder", folder);
    if (const auto doubt = doubt_about(library, false)) return refusal(*doubt, "it", library);
    for (fs::path above = folder; above != above.root_path();) {
      above = above.parent_path();
      if (const auto doubt = doubt_about(above, true))
        return refusal(*doubt, "a folder above it, " + above.string(), above);
    }
  }
  return std::nullopt;
}

}  // namespace pipeline::plugins
