"""What llama.cpp, as it was compiled here, asks of a processor. One that lacks it ends the program."""

from __future__ import annotations

import re

from offline_ci import _env
from offline_ci.llm.llama_cpp_library import system_info

_NAMES = {
    "SSE3": "pni",
    "AVX512": "avx512f",
    "NEON": "asimd",
    "FP16_VA": "asimdhp",
    "DOTPROD": "asimddp",
    "MATMUL_INT8": "i8mm",
}
"""Linux's names of features that llama.cpp calls otherwise; most differ by their case alone.

Source: ggml_backend_cpu_get_features, ggml/src/ggml-cpu/ggml-cpu.cpp (llama-cpp-python 0.3.36)."""


def needed_flags(info: str | None = None) -> tuple[str, ...]:
    """Processor flags by Linux's names, in order of name; none where a platform names its flags otherwise.

    Args:
        info: what ``llama_print_system_info`` says; asked for if None.
    """
    built_with = re.findall(r"(\w+) = 1", system_info() if info is None else info)
    return tuple(sorted({_NAMES.get(name, name.lower()) for name in built_with} & _env.cpu_flags()))
