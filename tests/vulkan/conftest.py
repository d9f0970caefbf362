"""These tests need a build of llama.cpp for Vulkan: ``tools/try_vulkan.py`` (`make vulkan`) makes it and calls them."""

import os

collect_ignore = [] if "OFFLINE_CI_VULKAN" in os.environ else ["test_software_device.py"]
