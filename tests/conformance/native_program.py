"""Runs one program of the corpus on native CPython as the sandbox runs a cell, in ``__main__`` and with its own lines.

    python native_program.py PROGRAM ERROR

What it raises is written to the file ERROR, as ``Type: text``. ``tools/record_corpus.py`` starts it; nothing else of the
project is imported, since the interpreter is another one.
"""

import linecache
import sys

FILENAME = "<cell 1>"


def _run(source, namespace):
    """The text of what the program raised."""
    linecache.cache[FILENAME] = (len(source), None, source.splitlines(keepends=True), FILENAME)
    try:
        exec(compile(source, FILENAME, "exec", dont_inherit=True), namespace)  # noqa: S102 - our own corpus
    except SystemExit as exc:
        code = 0 if exc.code is None else exc.code if isinstance(exc.code, int) else 1
        return f"SystemExit: {code}"
    except BaseException as exc:  # noqa: BLE001 - whatever it raises is the outcome
        return f"{type(exc).__name__}: {exc}"
    return ""


def _main():
    _, program, report = sys.argv
    sys.argv = [""]
    sys.stdout.reconfigure(errors="strict")
    with open(program, encoding="utf-8") as file:  # noqa: PTH123 - leaves sys.modules as small as it is in the sandbox
        source = file.read()
    module = type(sys)("__main__")
    module.__builtins__ = __builtins__
    sys.modules["__main__"] = module
    error = _run(source, module.__dict__)
    with open(report, "w", encoding="utf-8", errors="backslashreplace") as file:  # noqa: PTH123
        file.write(error)


_main()
