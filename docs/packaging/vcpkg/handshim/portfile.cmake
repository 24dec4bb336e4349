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

file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug/include" "${CURRENT_PACKAGES_DIR}/debug/share"
  "${CURRENT_PACKAGES_DIR}/share/doc")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
