# The layout under the prefix. The program finds its plugins, pipelines and templates relative to itself, so a prefix
# can be moved as a whole; hence always lib, not a name that depends on the system.
#   runtime      program, libpipeline, the plugins, the programs that probe and test them, the one that reads git
#                repositories, share/pipeline, the manual
#   development  the headers and the CMake package that plugins are built with
set_target_properties(pipeline_program PROPERTIES INSTALL_RPATH $ORIGIN/../lib)
install(TARGETS pipeline EXPORT pipeline_targets
  LIBRARY DESTINATION lib COMPONENT runtime NAMELINK_COMPONENT development)
set_target_properties(pipeline_probe pipeline_laws PROPERTIES INSTALL_RPATH $ORIGIN/..)
install(TARGETS pipeline_probe pipeline_laws pipeline_git RUNTIME DESTINATION lib/pipeline COMPONENT runtime)
install(TARGETS pipeline_program EXPORT pipeline_targets RUNTIME DESTINATION bin COMPONENT runtime)

install(DIRECTORY ${CMAKE_SOURCE_DIR}/pipelines ${CMAKE_SOURCE_DIR}/plugins/template
  DESTINATION share/pipeline COMPONENT runtime)
# Where the links of the guide and of the pipelines' results lead somewhere, too.
install(DIRECTORY ${CMAKE_SOURCE_DIR}/framework/guide DESTINATION share/pipeline/framework COMPONENT runtime)
install(FILES ${CMAKE_SOURCE_DIR}/tests/README.md DESTINATION share/pipeline/tests COMPONENT runtime)
install(FILES ${CMAKE_SOURCE_DIR}/framework/kernels/README.md DESTINATION share/pipeline/framework/kernels
  COMPONENT runtime)
install(FILES ${CMAKE_SOURCE_DIR}/data/SOURCES.md DESTINATION share/pipeline/data COMPONENT runtime)
install(FILES ${CMAKE_SOURCE_DIR}/framework/cli/pipeline.1 DESTINATION share/man/man1 COMPONENT runtime)
install(FILES ${CMAKE_SOURCE_DIR}/framework/cli/completion.bash RENAME pipeline
  DESTINATION share/bash-completion/completions COMPONENT runtime)

install(DIRECTORY ${CMAKE_SOURCE_DIR}/framework/include/pipeline DESTINATION include COMPONENT development)
# The same package in the build tree, so that a plugin can be built against either.
include(CMakePackageConfigHelpers)
set(package ${CMAKE_BINARY_DIR}/lib/cmake/pipeline)
foreach(file pipelineConfig pipeline_matrices pipeline_add_plugin pipeline_about)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/${file}.cmake ${package}/${file}.cmake COPYONLY)
  install(FILES ${CMAKE_CURRENT_LIST_DIR}/${file}.cmake DESTINATION lib/cmake/pipeline COMPONENT development)
endforeach()
write_basic_package_version_file(${package}/pipelineConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${package}/pipelineConfigVersion.cmake DESTINATION lib/cmake/pipeline COMPONENT development)
export(EXPORT pipeline_targets NAMESPACE pipeline:: FILE ${package}/pipelineTargets.cmake)
install(EXPORT pipeline_targets NAMESPACE pipeline:: FILE pipelineTargets.cmake
  DESTINATION lib/cmake/pipeline COMPONENT development)

# cpack -G DEB: pipeline-snr to run studies with, pipeline-snr-dev to write plugins with.
set(CPACK_PACKAGE_NAME pipeline-snr)
set(CPACK_PACKAGE_CONTACT "pipeline maintainers <maintainers@pipeline.invalid>")
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL runtime development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME pipeline-snr)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_DEPENDS libopenblas0-pthread)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_RECOMMENDS "gnuplot-nox, libjs-dygraphs, node-d3, ca-certificates")
set(CPACK_DEBIAN_RUNTIME_DESCRIPTION "comparative studies of small neural networks from one text file
Trains several small neural networks side by side from identical starts on
identical batches, and measures as it goes. Datasets, regularisers,
optimisers, metrics and reports are plugins.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME pipeline-snr-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "pipeline-snr (= ${PROJECT_VERSION}), libarmadillo-dev, librandom123-dev, libopenblas-pthread-dev")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SUGGESTS "g++ (>= 4:12), cmake (>= 3.25), make")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "headers and CMake package to write plugins for pipeline with
Projects created by `pipeline new regulariser NAME` build against it.")
include(CPack)
