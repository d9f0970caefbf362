#!/usr/bin/env python3
"""Build the pinned llama-cpp-python once and keep the wheel, before the package that knows how is installed.

Runs ``offline_ci/llm/llama_build.py`` by its path; that one needs nothing but the standard library.
"""

import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).parents[1] / "src" / "offline_ci" / "llm" / "llama_build.py"), run_name="__main__")
