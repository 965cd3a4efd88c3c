# pipeline_add_plugin(NAME source ...)
#
# Adds the target NAME_plugin, which builds NAME.so into the current build folder: give that folder to --plugin-path.
# The file is named like the plugin in it, so that a run opens only the libraries that its pipeline file names.
function(pipeline_add_plugin name)
  add_library(${name}_plugin MODULE ${ARGN})
  set_target_properties(${name}_plugin PROPERTIES
    PREFIX "" OUTPUT_NAME ${name} SUFFIX ".so"
    CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF
    # what the export line names is seen from outside, nothing else
    CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  target_link_libraries(${name}_plugin PRIVATE pipeline::pipeline)
  # A symbol that nothing defines is an error now, not when a study begins. Sanitizers leave theirs to the program.
  if(NOT APPLE AND NOT PIPELINE_SANITIZE)
    target_link_options(${name}_plugin PRIVATE LINKER:-z,defs)
  endif()
endfunction()
