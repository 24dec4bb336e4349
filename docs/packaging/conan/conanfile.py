"""handshim for Conan 2, made from the checkout that this file is in: conan create docs/packaging/conan"""

import os

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy, load
from conan.tools.layout import basic_layout
from conan.tools.meson import Meson, MesonToolchain

ROOT = os.path.join(os.pardir, os.pardir, os.pardir)


class Handshim(ConanFile):
    name = "handshim"
    license = "MIT"
    description = "One exception hierarchy for every WebSocket client"
    topics = ("websocket", "exceptions", "error-handling", "compatibility")
    package_type = "library"
    settings = "os", "compiler", "build_type", "arch"
    options = {"compiled": [True, False], "shared": [True, False], "fPIC": [True, False], "policy": ["ANY"]}
    default_options = {"compiled": False, "shared": False, "fPIC": True, "policy": ""}
    tool_requires = "meson/[>=1.0]"

    def set_version(self):
        config = load(self, os.path.join(self.recipe_folder, ROOT, "include", "handshim", "config.hpp"))
        line = next(line for line in config.splitlines() if line.startswith("#define HANDSHIM_VERSION "))
        self.version = line.split('"')[1]

    def export_sources(self):
        for pattern in ("LICENSE", "meson.build", "meson_options.txt", "include/*", "src/*", "tests/*"):
            copy(self, pattern, src=os.path.join(self.recipe_folder, ROOT), dst=self.export_sources_folder)

    def configure(self):
        if not self.options.compiled:
            self.package_type = "header-library"
            self.options.rm_safe("shared")
            self.options.rm_safe("fPIC")

    def layout(self):
        basic_layout(self)

    def validate(self):
        check_min_cppstd(self, 17)

    def package_id(self):
        if not self.info.options.compiled:
            self.info.settings.clear()

    def generate(self):
        toolchain = MesonToolchain(self)
        toolchain.project_options.update({"tests": "disabled", "command": "disabled",
                                          "compiled": bool(self.options.compiled), "policy": str(self.options.policy)})
        toolchain.generate()

    def build(self):
        meson = Meson(self)
        meson.configure()
        meson.build()

    def package(self):
        Meson(self).install()
        copy(self, "LICENSE", src=self.source_folder, dst=os.path.join(self.package_folder, "licenses"))

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "handshim")
        self.cpp_info.set_property("cmake_target_name", "handshim::handshim")
        self.cpp_info.set_property("pkg_config_name", "handshim")
        self.cpp_info.libs = ["handshim"] if self.options.compiled else []
        if self.options.compiled:
            self.cpp_info.defines.append("HANDSHIM_COMPILED")
        else:
            self.cpp_info.libdirs = []
            self.cpp_info.bindirs = []
        if self.options.policy:
            self.cpp_info.defines.append(f'HANDSHIM_DEFAULT_POLICY="{self.options.policy}"')
        if self.settings.get_safe("os") in ("Linux", "FreeBSD"):
            self.cpp_info.system_libs.append("pthread")
