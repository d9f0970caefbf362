"""Running cells in ``__main__``."""

import _sitebuiltins
import ast
import builtins
import io
import re
import sys

from offline_ci_guest import channel, display, tracebacks

OK, ERROR, EXIT = 0, 1, 2
_SHORT = 200
_MAIN = sys.modules["__main__"]
"""Kept: a program may clear the modules."""
_MAGIC = re.compile(r"\s*(?:%%?|!)\s?[A-Za-z_]")


def install():
    """Once per interpreter: streams, ``display``, hooks."""
    for name, fd in (("stdout", 1), ("stderr", 2)):
        # Line by line: a line is one call of the host instead of two, and is seen as it is printed.
        raw = io.FileIO(fd, "w", closefd=False)
        stream = io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", errors="replace", line_buffering=True)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    builtins.display = display.display
    # What the site module adds, which is not imported because it takes longer than the rest of the start.
    builtins.exit = _sitebuiltins.Quitter("exit", "")
    builtins.quit = _sitebuiltins.Quitter("quit", "")
    builtins.help = _sitebuiltins._Helper()  # noqa: SLF001
    sys.meta_path.insert(0, ImageShowHook())


class ImageShowHook:
    """Makes ``PIL.Image.Image.show`` show through the host, from the moment that PIL is imported."""

    def find_spec(self, name, path=None, target=None):
        """Patch after the import of ``PIL.ImageShow``; everything else is not ours."""
        if name != "PIL.ImageShow":
            return None
        sys.meta_path.remove(self)
        import importlib.util

        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)

            class HostViewer(module.Viewer):
                def show(self, image, **_options):
                    display.display(image)
                    return True

            module.register(HostViewer(), 0)

        spec.loader.exec_module = exec_module
        return spec


def split_last_expression(source, filename):
    """``(body code or None, last expression's code or None)``."""
    if len(source) < _SHORT and "\n" not in source and not source[:1].isspace() and not source.rstrip().endswith(";"):
        try:
            # A fifth of the way through the tree; most lines that people type are expressions.
            return None, compile(source, filename, "eval", dont_inherit=True)
        except SyntaxError:
            pass
    # Not ast.parse, which would be a frame in the traceback of a SyntaxError.
    tree = compile(source, filename, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        last = compile(ast.Expression(tree.body.pop().value), filename, "eval", dont_inherit=True)
    body = compile(tree, filename, "exec", dont_inherit=True) if tree.body else None
    return body, last


def compile_cell(source, filename):
    """``split_last_expression``; magics and shell lines, which models write by habit, are left out with a note."""
    try:
        return split_last_expression(source, filename)
    except SyntaxError:
        plain, left_out = without_magics(source)
        if not left_out:
            raise
    parts = split_last_expression(plain, filename)
    print(f"Left out: {'; '.join(left_out)} (there are no magics and no shell here)", file=sys.stderr)
    return parts


def without_magics(source):
    """``(source with such lines replaced by pass, the lines)``."""
    lines, left_out = source.splitlines(), []
    for i, line in enumerate(lines):
        if _MAGIC.match(line):
            left_out.append(line.strip())
            lines[i] = line[: len(line) - len(line.lstrip())] + "pass"
    return "\n".join(lines), left_out


def execute(source, filename, namespace):
    """Run a cell; show its value and figures."""
    body, last = compile_cell(source, filename)
    if body is not None:
        exec(body, namespace)
    if last is not None:
        value = eval(last, namespace)
        if value is not None:
            namespace["_"] = value
            data, metadata = display.mime_bundle(value)
            channel.send({"type": "execute_result", "data": data, "metadata": metadata})
    show_figures()


def show_figures():
    """Show figures that are still open, whatever backend the code chose."""
    if "matplotlib.pyplot" in sys.modules:
        from offline_ci_guest import backend

        backend.flush()


def exit_code(exc):
    """What a process that ends so tells its parent; text goes to standard error, as Python does it."""
    code = exc.code
    if code is None:
        return 0
    if isinstance(code, int):
        return int(code) & 0xFF
    print(tracebacks.text_of(code), file=sys.stderr)
    return 1


def errno_of(exc):
    """The number of an ``OSError``, None where it has none."""
    try:
        return exc.errno if isinstance(exc, OSError) and type(exc.errno) is int else None
    except Exception:
        return None


def run():
    """Take the next request from the channel and run it; the returned status is all that the C caller sees."""
    request = channel.receive()
    source, filename = request["code"], request["filename"]
    namespace = sys.modules.setdefault("__main__", _MAIN).__dict__
    tracebacks.remember(filename, source)
    try:
        try:
            execute(source, filename, namespace)
        except BaseException:
            # What was drawn before the failure is worth seeing, but must not hide the failure.
            try:
                show_figures()
            except Exception:  # noqa: S110
                pass
            raise
    except SystemExit as exc:
        channel.send({"type": "exit", "code": exit_code(exc)})
        return EXIT
    except BaseException as exc:
        ename, evalue, lines = tracebacks.describe(exc)
        channel.send({"type": "error", "ename": ename, "evalue": evalue, "traceback": lines, "errno": errno_of(exc)})
        return ERROR
    channel.flush_streams()
    return OK
