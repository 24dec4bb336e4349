# An overlay port, made from the checkout that it is in. In a registry SOURCE_PATH is what vcpkg_from_git() or
# vcpkg_from_github() gives, with the hash of the release.
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../../.." ABSOLUTE)

if("compiled" IN_LIST FEATURES)
  set(compiled true)
  set(config_path "lib/cmake/handshim")
else()
  set(compiled false)
  set(config_path "share/cmake/handshim")
  set(VCPKG_BUILD_TYPE release) # headers alone: there is nothing to debug
endif()

vcpkg_configure_meson(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS -Dtests=disabled -Dcommand=disabled -Dcompiled=${compiled})
vcpkg_install_meson()
vcpkg_cmake_config_fixup(PACKAGE_NAME handshim CONFIG_PATH "${config_path}")
vcpkg_fixup_pkgconfig()

# One folder nearer to the prefix than where Meson installs it; and a program in debug takes the library that is.
set(config "${CURRENT_PACKAGES_DIR}/share/handshim/handshimConfig.cmake")
vcpkg_replace_string("${config}" "/../../.." "/../..")
if(compiled AND NOT VCPKG_BUILD_TYPE)
  file(APPEND "${config}" [[
get_filename_component(handshim_name "${handshim_library}" NAME)
set_target_properties(handshim::handshim PROPERTIES
  IMPORTED_LOCATION_DEBUG "${handshim_prefix}/debug/lib/${handshim_name}")
]])
endif()

file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share"
  "${CURRENT_PACKAGES_DIR}/share/doc" "${CURRENT_PACKAGES_DIR}/share/gdb")  # which names the folder of this build
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
