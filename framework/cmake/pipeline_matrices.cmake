# What the public headers need, found in the same way by this build and by plugins built against the package: Armadillo,
# Random123 (headers) and OpenBLAS. pipeline_missing lists the Debian packages that are missing.
#
# OpenBLAS itself in its pthread build, not whatever libblas points to: openblas_set_num_threads must take effect.
find_path(ARMADILLO_INCLUDE_DIR armadillo)
find_path(RANDOM123_INCLUDE_DIR Random123/philox.h)
find_library(OPENBLAS_LIBRARY openblas PATH_SUFFIXES openblas-pthread ${CMAKE_LIBRARY_ARCHITECTURE}/openblas-pthread)
mark_as_advanced(ARMADILLO_INCLUDE_DIR RANDOM123_INCLUDE_DIR OPENBLAS_LIBRARY)

set(pipeline_missing "")
foreach(found ARMADILLO_INCLUDE_DIR=libarmadillo-dev RANDOM123_INCLUDE_DIR=librandom123-dev
              OPENBLAS_LIBRARY=libopenblas-pthread-dev)
  string(REPLACE "=" ";" found ${found})
  list(POP_FRONT found variable)
  if(NOT ${variable})
    string(APPEND pipeline_missing " ${found}")
  endif()
endforeach()

if(NOT pipeline_missing AND NOT TARGET pipeline::matrices)
  add_library(pipeline::matrices INTERFACE IMPORTED)
  target_include_directories(pipeline::matrices SYSTEM INTERFACE ${ARMADILLO_INCLUDE_DIR} ${RANDOM123_INCLUDE_DIR})
  target_link_libraries(pipeline::matrices INTERFACE ${OPENBLAS_LIBRARY})
endif()
