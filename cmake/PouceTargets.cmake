# SPDX-FileCopyrightText: 2026 The Pouce authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Flags for all of Pouce, and three functions: one static library a folder, one program, one test.
#
#   pouce_library(wire SOURCES a.c b.c DEPS pouce::meter PkgConfig::GLIB)    -> pouce_wire, pouce::wire
#   pouce_program(pouce-broker SOURCES main.c DEPS pouce::http)
#   pouce_test(unit/wire/tick SOURCES tick_test.c DEPS pouce::wire)          -> ctest "unit/wire/tick"
#   pouce_fuzz(wire_control SOURCES f.c DEPS pouce::wire CORPUS dir)         -> libFuzzer, or a replay of CORPUS as a test
#   pouce_pkg(GLIB glib-2.0 gio-2.0)                                         -> PkgConfig::GLIB, once

find_package(PkgConfig REQUIRED)

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_library(pouce_flags INTERFACE)
target_include_directories(pouce_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_definitions(pouce_flags INTERFACE _GNU_SOURCE POUCE_VERSION="${PROJECT_VERSION}")
target_compile_options(pouce_flags INTERFACE
  -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wno-unused-parameter
  $<$<BOOL:${POUCE_WERROR}>:-Werror> -fno-common -fstack-protector-strong)
if(NOT POUCE_SANITIZE)
  target_compile_definitions(pouce_flags INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
endif()
if(POUCE_SANITIZE)
  target_compile_options(pouce_flags INTERFACE -fsanitize=${POUCE_SANITIZE} -fno-omit-frame-pointer
    -fno-sanitize-recover=all)
  target_link_options(pouce_flags INTERFACE -fsanitize=${POUCE_SANITIZE})
endif()
if(POUCE_FUZZ)
  target_compile_options(pouce_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

function(pouce_pkg name)
  if(NOT TARGET PkgConfig::${name})
    pkg_check_modules(${name} REQUIRED IMPORTED_TARGET GLOBAL ${ARGN})
  endif()
endfunction()

function(pouce_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_library(pouce_${name} STATIC ${ARG_SOURCES})
  add_library(pouce::${name} ALIAS pouce_${name})
  target_link_libraries(pouce_${name} PUBLIC pouce_flags ${ARG_DEPS})
endfunction()

# tests/support/lsan_init.c says why.
function(pouce_ignore_library_constructors target)
  if("${POUCE_SANITIZE}" MATCHES "address")
    target_sources(${target} PRIVATE ${CMAKE_SOURCE_DIR}/tests/support/lsan_init.c)
  endif()
endfunction()

function(pouce_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE pouce_flags ${ARG_DEPS})
  pouce_ignore_library_constructors(${name})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

function(pouce_test name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  pouce_pkg(CMOCKA cmocka)
  string(REPLACE "/" "_" target ${name})
  add_executable(${target} ${ARG_SOURCES})
  target_link_libraries(${target} PRIVATE pouce_flags ${ARG_DEPS} PkgConfig::CMOCKA)
  pouce_ignore_library_constructors(${target})
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  add_test(NAME ${name} COMMAND ${target})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
    ENVIRONMENT "POUCE_SOURCE_DIR=${CMAKE_SOURCE_DIR};POUCE_BUILD_DIR=${CMAKE_BINARY_DIR}")
endfunction()

# With POUCE_FUZZ: a libFuzzer program. Otherwise the same entry point replays its corpus as a test.
function(pouce_fuzz name)
  cmake_parse_arguments(ARG "" "CORPUS" "SOURCES;DEPS" ${ARGN})
  add_executable(fuzz_${name} ${ARG_SOURCES})
  target_link_libraries(fuzz_${name} PRIVATE pouce_flags ${ARG_DEPS})
  set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
  if(POUCE_FUZZ)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(fuzz_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/fuzz/replay.c)
    add_test(NAME fuzz/${name} COMMAND fuzz_${name} ${ARG_CORPUS})
    set_tests_properties(fuzz/${name} PROPERTIES TIMEOUT 120)
  endif()
endfunction()

# During growth a folder may not be there yet on a branch; only folders with a CMakeLists.txt are entered.
function(pouce_subdirectories)
  foreach(dir ${ARGN})
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${dir}/CMakeLists.txt)
      add_subdirectory(${dir})
    endif()
  endforeach()
endfunction()

# A TypeScript test: bundled by esbuild, run by node's own test runner. Needs `npm ci` at the root.
#   pouce_node_test(e2e/session ENTRY session.test.ts TIMEOUT 120 LABELS e2e)
function(pouce_node_test name)
  cmake_parse_arguments(ARG "" "ENTRY;TIMEOUT" "LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  string(REPLACE "/" "_" bundle ${name})
  add_test(NAME ${name} COMMAND sh ${CMAKE_SOURCE_DIR}/tests/support/node_test.sh
    ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_ENTRY} ${CMAKE_BINARY_DIR}/tests/${bundle}.mjs)
  set_tests_properties(${name} PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}"
    ENVIRONMENT "POUCE_SOURCE_DIR=${CMAKE_SOURCE_DIR};POUCE_BUILD_DIR=${CMAKE_BINARY_DIR}")
endfunction()
