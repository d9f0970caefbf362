"""Compile the distribution's Python files, once, while the runtime is built.

The host writes paths to ``JOB``, one a line, calls ``compile_files``, and reads ``RESULT``: for each file that compiles
its path and its .pyc, each with a 32-bit length in front. The .pyc are of the unchecked kind: the tree is read-only, so
nobody need compare time stamps at every import.
"""

import _imp
from importlib import _bootstrap_external

JOB = "/tmp/bytecode-job"  # noqa: S108
RESULT = "/tmp/bytecode-result"  # noqa: S108


def compile_files() -> int:
    """Do the job; how many files compiled."""
    n = 0
    with open(JOB, encoding="utf-8") as job, open(RESULT, "wb") as result:
        for path in job.read().split("\n"):
            with open(path, "rb") as file:
                source = file.read()
            try:
                code = compile(source, path, "exec", dont_inherit=True)
            except (SyntaxError, ValueError):
                continue  # a template, or code for another version: nobody imports it
            digest = _imp.source_hash(_imp.pyc_magic_number_token, source)
            compiled = _bootstrap_external._code_to_hash_pyc(code, digest, False)  # noqa: SLF001
            for part in (path.encode(), compiled):
                result.write(len(part).to_bytes(4, "little"))
                result.write(part)
            n += 1
    return n
