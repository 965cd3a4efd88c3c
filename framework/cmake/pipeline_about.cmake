# Writes ABOUT, a source file that defines `pipeline_about`: the comment at the head of SOURCE, without its slashes.
file(READ ${SOURCE} rest)
set(text "")
while(rest MATCHES "^//( ?)([^\n]*)\n")
  set(line "${CMAKE_MATCH_2}")
  string(LENGTH "${CMAKE_MATCH_0}" length)
  string(SUBSTRING "${rest}" ${length} -1 rest)
  string(REPLACE "\\" "\\\\" line "${line}")
  string(REPLACE "\"" "\\\"" line "${line}")
  string(APPEND text "\n  \"${line}\\n\"")
endwhile()
file(WRITE ${ABOUT} "extern \"C\" __attribute__((visibility(\"default\"))) const char pipeline_about[];\n"
  "extern \"C\" const char pipeline_about[] = \"\"${text};\n")
