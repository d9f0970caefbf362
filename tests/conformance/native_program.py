"""Runs programs of the corpus on native CPython as the sandbox runs cells: in ``__main__``, with their own lines.

    python native_program.py FOLDER [MODULE...]

Each ``FOLDER/<name>.py`` runs in a child of this process, in an empty folder, after the modules have been imported: the
sandbox has them from the start, too. What it prints goes to ``<name>.stdout``, what it raises to ``<name>.error`` as
``Type: text``. ``tools/record_corpus.py`` starts this; nothing else of the project is imported, since the interpreter
is another one.
"""

import importlib
import linecache
import os
import sys

FILENAME = "<cell 1>"


def _main():
    _, folder, *modules = sys.argv
    for module in modules:
        importlib.import_module(module)
    names = sorted(name[:-3] for name in os.listdir(folder) if name.endswith(".py"))  # noqa: PTH208
    for name in names:
        child = os.fork()
        if not child:
            _become(os.path.join(folder, name))  # noqa: PTH118 - leaves sys.modules as small as it is in the sandbox
        _, status = os.waitpid(child, 0)
        if status:
            sys.exit(f"{name} ended with status {status}.")


def _become(path):
    """Run one program, and end."""
    with open(f"{path}.py", encoding="utf-8") as file:  # noqa: PTH123 - the same
        source = file.read()
    os.mkdir(f"{path}.place")  # noqa: PTH102 - the same
    os.chdir(f"{path}.place")
    os.dup2(os.open(f"{path}.stdout", os.O_WRONLY | os.O_CREAT), 1)
    sys.argv = [""]
    module = type(sys)("__main__")
    module.__builtins__ = __builtins__
    sys.modules["__main__"] = module
    error = _run(source, module.__dict__)
    sys.__stdout__.flush()
    with open(f"{path}.error", "w", encoding="utf-8", errors="backslashreplace") as file:  # noqa: PTH123 - the same
        file.write(error)
    os._exit(0)


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


sys.stdout.reconfigure(errors="strict")
_main()
