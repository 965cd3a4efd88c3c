# find_package(pipeline) provides pipeline::pipeline to link with, pipeline::program to run, pipeline_add_plugin(NAME
# source ...), and PIPELINE_USER_PLUGINS, the user's plugin folder, which every run searches.
include(${CMAKE_CURRENT_LIST_DIR}/pipeline_matrices.cmake)
if(pipeline_missing)
  set(pipeline_FOUND FALSE)
  set(pipeline_NOT_FOUND_MESSAGE "packages for its headers are missing; on Debian: apt-get install${pipeline_missing}")
  return()
endif()
include(CMakeFindDependencyMacro)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/pipelineTargets.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/pipeline_add_plugin.cmake)

if(DEFINED ENV{XDG_DATA_HOME} AND NOT "$ENV{XDG_DATA_HOME}" STREQUAL "")
  set(PIPELINE_USER_PLUGINS $ENV{XDG_DATA_HOME}/pipeline/plugins)
else()
  set(PIPELINE_USER_PLUGINS $ENV{HOME}/.local/share/pipeline/plugins)
endif()
