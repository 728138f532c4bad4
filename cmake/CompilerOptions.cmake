# One place for the flags that every target of the project is built with.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# What makes a program harder to break into; for code that tools generate, too. tests/hardening looks at what comes out.
add_library(twofactor_hardening INTERFACE)
target_compile_options(twofactor_hardening INTERFACE -fstack-protector-strong)
# Marks where indirect jumps may land, and on arm64 signs return addresses: amd64's flag, then arm64's.
# By the processor, because clang takes another processor's option with a warning.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|i.86)$")
  target_compile_options(twofactor_hardening INTERFACE -fcf-protection=full)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
  target_compile_options(twofactor_hardening INTERFACE -mbranch-protection=standard)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo" AND NOT TWOFACTOR_SANITIZE)
  target_compile_options(twofactor_hardening INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
# pie only for executables: libraries of ours also link into the PAM module, a shared object.
target_link_options(twofactor_hardening INTERFACE -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code)

add_library(twofactor_options INTERFACE)
target_include_directories(twofactor_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(twofactor_options INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Wold-style-cast)
target_link_libraries(twofactor_options INTERFACE twofactor_hardening)
include(CheckPIESupported)
check_pie_supported()

if(TWOFACTOR_SANITIZE)
  target_compile_definitions(twofactor_options INTERFACE TWOFACTOR_SANITIZED)
  target_compile_options(twofactor_options INTERFACE
    -fsanitize=${TWOFACTOR_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -g1)
  target_link_options(twofactor_options INTERFACE -fsanitize=${TWOFACTOR_SANITIZE})
endif()
if(TWOFACTOR_FUZZ)
  target_compile_options(twofactor_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# A static library of ours, NAME, from the sources that follow, with the project's flags.
function(twofactor_library name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PUBLIC twofactor_options)
endfunction()
