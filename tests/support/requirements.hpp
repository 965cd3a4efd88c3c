// Preconditions: a test whose requirement is missing is reported as skipped, with the reason, not as passed.
//
//   BOOST_AUTO_TEST_CASE(on_the_real_images, *boost::unit_test::precondition(support::needs_mnist))
#pragma once
#include <sys/mount.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstdlib>

#include "small_run.hpp"

namespace support {

inline boost::test_tools::assertion_result met_if(bool met, const char* otherwise) {
  boost::test_tools::assertion_result result(met);
  if (!met) result.message() << otherwise;
  return result;
}

inline boost::test_tools::assertion_result needs_mnist(boost::unit_test::test_unit_id) {
  return met_if(mnist_folder().has_value(), "no folder of PIPELINE_DATA_PATH contains mnist");
}
inline boost::test_tools::assertion_result needs_gnuplot(boost::unit_test::test_unit_id) {
  return met_if(std::system("gnuplot --version >/dev/null 2>&1") == 0, "gnuplot is not installed");
}
inline boost::test_tools::assertion_result needs_git(boost::unit_test::test_unit_id) {
  return met_if(std::system("git --version >/dev/null 2>&1") == 0, "git is not installed");
}
/// Limits on the address space, and libraries that are loaded before the program.
inline boost::test_tools::assertion_result needs_no_sanitizer(boost::unit_test::test_unit_id) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return met_if(false, "a sanitizer reserves address space, and must be loaded first");
#else
  return met_if(true, "");
#endif
}
inline boost::test_tools::assertion_result needs_root(boost::unit_test::test_unit_id) {
  return met_if(::geteuid() == 0, "only root may give files to others");
}
/// A disk that can be filled: tmpfs, which only root may mount, and not in every container.
inline boost::test_tools::assertion_result needs_a_small_disk(boost::unit_test::test_unit_id) {
  const Scratch scratch;
  const bool mounted = ::mount("tmpfs", scratch.path().c_str(), "tmpfs", 0, "size=64k") == 0;
  if (mounted) ::umount(scratch.path().c_str());
  return met_if(mounted, "tmpfs cannot be mounted");
}
/// Access control lists of files in the temporary folder.
inline boost::test_tools::assertion_result needs_access_control_lists(boost::unit_test::test_unit_id) {
  const Scratch scratch;
  const bool known = ::getxattr(scratch.path().c_str(), "system.posix_acl_access", nullptr, 0) >= 0 || errno != ENOTSUP;
  return met_if(known, "the file system has no access control lists");
}
inline boost::test_tools::assertion_result needs_no_root(boost::unit_test::test_unit_id) {
  return met_if(::geteuid() != 0, "root may write everywhere");
}

}  // namespace support
