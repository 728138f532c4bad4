# Every third-party library, found once. All of them are Debian 12 packages.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Boost 1.74 CONFIG REQUIRED)  # header-only: Interprocess, Asio, Beast
find_package(SQLite3 REQUIRED)
find_package(PNG REQUIRED)
find_package(LibXml2 2.9 REQUIRED)
find_package(Protobuf 3.21 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(tl-expected REQUIRED)
pkg_check_modules(SYSTEMD REQUIRED IMPORTED_TARGET libsystemd)
pkg_check_modules(INIH REQUIRED IMPORTED_TARGET inih)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(URIPARSER REQUIRED IMPORTED_TARGET liburiparser)
pkg_check_modules(QRENCODE REQUIRED IMPORTED_TARGET libqrencode)

# Linux-PAM has no pkg-config file in Debian 12.
find_path(PAM_INCLUDE_DIR security/pam_modules.h REQUIRED)
find_library(PAM_LIBRARY pam REQUIRED)
add_library(twofactor_pam INTERFACE)
target_include_directories(twofactor_pam SYSTEM INTERFACE ${PAM_INCLUDE_DIR})
target_link_libraries(twofactor_pam INTERFACE ${PAM_LIBRARY})

# liboath: the archive, so that a login does not pay for another dlopen; the shared one where it is missing.
pkg_check_modules(OATH REQUIRED liboath)
find_library(OATH_LIBRARY NAMES liboath.a oath REQUIRED)
add_library(twofactor_oath INTERFACE)
target_include_directories(twofactor_oath SYSTEM INTERFACE ${OATH_INCLUDE_DIRS})
target_link_libraries(twofactor_oath INTERFACE ${OATH_LIBRARY})
