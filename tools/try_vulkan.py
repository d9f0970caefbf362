"""Build llama.cpp for Vulkan and run tests/vulkan with it on Mesa's software device: a machine without a GPU can.

Slow (Vulkan's shaders are compiled one by one), so it is no part of the other tests. Debian's packages that it needs
are installed where it may, and named where it may not; headers that are too old in this Debian come from a newer one,
into a folder that stands for the Vulkan SDK. The wheel is kept like any other, so a second run only tests.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import platformdirs
from debian import install
from debian_unstable import unpack

from offline_ci.llm.backends import BACKENDS, cmake_arguments, missing_tools
from offline_ci.llm.llama_build import BuildError, obtain

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ["libvulkan-dev", "glslc", "spirv-headers", "mesa-vulkan-drivers"]
HEADERS = ("libvulkan-dev", "spirv-headers")
DRIVERS = Path("/usr/share/vulkan/icd.d")


def need_packages() -> None:
    """Make sure that what the build and the device need is here."""
    has_driver = any(DRIVERS.glob("lvp_icd*.json"))
    if missing_tools(BACKENDS["vulkan"]) or not has_driver:
        install(PACKAGES)
    if missing_tools(BACKENDS["vulkan"]):
        sdk = platformdirs.user_cache_path("offline-ci") / "vulkan-headers"
        os.environ["VULKAN_SDK"] = str(unpack(HEADERS, sdk) / "usr")
    if lacking := missing_tools(BACKENDS["vulkan"]):
        sys.exit(f"Still missing: {'; '.join(f'{tool.what}, from {tool.mend}' for tool in lacking)}")


def main() -> None:
    """Entry point."""
    need_packages()
    begin = time.monotonic()
    try:
        wheel = obtain(backend=cmake_arguments(BACKENDS["vulkan"]))
    except BuildError as error:
        sys.exit(f"{error}")
    print(f"{wheel.name} after {time.monotonic() - begin:.0f} s", flush=True)
    with tempfile.TemporaryDirectory(prefix="offline-ci-vulkan-") as folder:
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--target", folder, str(wheel)], check=True)
        # llama.cpp leaves software devices out unless they are named.
        environment = {**os.environ, "PYTHONPATH": folder, "OFFLINE_CI_VULKAN": folder, "GGML_VK_VISIBLE_DEVICES": "0"}
        command = [sys.executable, "-m", "pytest", "tests/vulkan", *sys.argv[1:]]
        sys.exit(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode)


if __name__ == "__main__":
    main()
