"""What can be known of the recipes under docs/packaging without the tools that they are for.

Usage: recipes.py ROOT
"""

import ast
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import snippet

# What vcpkg gives to a port, but for doing it: each call is written down.
STUBS = ["vcpkg_configure_meson", "vcpkg_install_meson", "vcpkg_cmake_config_fixup", "vcpkg_fixup_pkgconfig",
         "vcpkg_replace_string", "vcpkg_install_copyright"]


def meson_options(root):
    return set(re.findall(r"^option\('(\w+)'", (root / "meson_options.txt").read_text(encoding="utf-8"), re.MULTILINE))


def page_errors(root):
    """Of the commands on the page, which are not run: the recipes that they name."""
    blocks = snippet.snippets(root)
    conan = re.findall(r"^conan create (\S+)", blocks["Conan/sh/1"], re.MULTILINE)
    vcpkg = re.findall(r"^vcpkg install (\S+) --overlay-ports=(\S+)", blocks["vcpkg/sh/1"], re.MULTILINE)
    if not conan or not vcpkg:
        yield "docs/packaging/README.md: no command of Conan or of vcpkg"
    taken = [f"{folder}/conanfile.py" for folder in conan] + [f"{ports}/{port}/vcpkg.json" for port, ports in vcpkg]
    for recipe in taken:
        if not (root / recipe).is_file():
            yield f"docs/packaging/README.md: a command takes {recipe}, which is not there"


def conan_errors(root):
    """Of the recipe's syntax, and of the options that it hands to Meson."""
    tree = ast.parse((root / "docs/packaging/conan/conanfile.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".update")]
    given = {key.value for call in calls for key in call.args[0].keys}
    if not given:
        yield "conanfile.py hands no options to Meson"
    for name in sorted(given - meson_options(root)):
        yield f"conanfile.py: Meson has no option {name}"


def vcpkg_errors(root, features):
    """Of the port, run with these features and stubs."""
    port = root / "docs/packaging/vcpkg/handshim/portfile.cmake"
    stubs = "".join(f'function({name})\n  message("{name} ${{ARGN}}")\nendfunction()\n' for name in STUBS)
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder, "run.cmake")
        script.write_text(f'cmake_policy(VERSION 3.14)\nset(FEATURES "{features}")\n'
                          f'set(CURRENT_PACKAGES_DIR "{folder}/made")\n{stubs}include("{port}")\n', encoding="utf-8")
        done = subprocess.run(["cmake", "-P", str(script)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    output = done.stdout.decode("utf-8")
    if done.returncode != 0 or f"SOURCE_PATH;{root}" not in output:
        yield f"portfile.cmake does not run, or not on {root}:\n{output}"
    if f"-Dcompiled={'true' if features else 'false'}" not in output:
        yield f"portfile.cmake: the feature compiled is not Meson's option:\n{output}"
    for name in sorted(set(re.findall(r"-D(\w+)=", output)) - meson_options(root)):
        yield f"portfile.cmake: Meson has no option {name}"


def main(root):
    root = pathlib.Path(root).resolve()
    errors = [*page_errors(root), *conan_errors(root)]
    manifest = json.loads((root / "docs/packaging/vcpkg/handshim/vcpkg.json").read_text(encoding="utf-8"))
    if set(manifest["features"]) != {"compiled"}:
        errors.append("vcpkg.json: the features are not those of the port")
    if shutil.which("cmake"):
        errors += [*vcpkg_errors(root, ""), *vcpkg_errors(root, "compiled")]
    else:
        print("without CMake the port is not run")
    print("\n".join(errors) or "the recipes hold together")
    return bool(errors)


sys.exit(main(sys.argv[1]))
