# pipeline_add_plugin(NAME source ...)
#
# Adds the target NAME_plugin, which builds NAME.so in the current build folder; pass that folder to --plugin-path. The
# file is named after its plugin, so that a message about a missing plugin can name an unreadable file. The comment at
# the head of the first source is stored in the library, and `pipeline plugins inspect NAME` prints it.
set(PIPELINE_ABOUT_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/pipeline_about.cmake)
function(pipeline_add_plugin name)
  list(GET ARGN 0 source)
  cmake_path(ABSOLUTE_PATH source)
  set(about ${CMAKE_CURRENT_BINARY_DIR}/${name}_about.cpp)
  add_custom_command(OUTPUT ${about} DEPENDS ${source} ${PIPELINE_ABOUT_SCRIPT} VERBATIM
    COMMAND ${CMAKE_COMMAND} -DSOURCE=${source} -DABOUT=${about} -P ${PIPELINE_ABOUT_SCRIPT})
  add_library(${name}_plugin MODULE ${ARGN} ${about})
  set_target_properties(${name}_plugin PROPERTIES
    PREFIX "" OUTPUT_NAME ${name} SUFFIX ".so"
    CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF
    # only what the export macro names is visible from outside
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  set_source_files_properties(${about} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  target_link_libraries(${name}_plugin PRIVATE pipeline::pipeline)
  # An undefined symbol is an error now, not at the start of a run. The symbols of sanitizers come from the program.
  if(NOT PIPELINE_SANITIZE)
    target_link_options(${name}_plugin PRIVATE LINKER:-z,defs)
  endif()
endfunction()
