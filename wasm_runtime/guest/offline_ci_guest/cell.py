"""Running cells in ``__main__``."""

import _sitebuiltins
import ast
import builtins
import io
import re
import sys

from offline_ci_guest import channel, display, patches, tracebacks

OK, ERROR, EXIT = 0, 1, 2
_SHORT = 200
_CO_COROUTINE = 0x80
_AWAIT = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_MAIN = sys.modules["__main__"]
"""Kept: a program may clear the modules."""
_loop = None
"""The event loop of cells that await something."""
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
    patches.install()


def split_last_expression(source, filename):
    """``(body code or None, last expression's code or None)``."""
    if len(source) < _SHORT and "\n" not in source and not source[:1].isspace() and not source.rstrip().endswith(";"):
        try:
            # A fifth of the way through the tree; most lines that people type are expressions.
            return None, compile(source, filename, "eval", _AWAIT, dont_inherit=True)
        except SyntaxError:
            pass
    # Not ast.parse, which would be a frame in the traceback of a SyntaxError.
    tree = compile(source, filename, "exec", _AWAIT | ast.PyCF_ONLY_AST, dont_inherit=True)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
        last = compile(ast.Expression(tree.body.pop().value), filename, "eval", _AWAIT, dont_inherit=True)
    body = compile(tree, filename, "exec", _AWAIT, dont_inherit=True) if tree.body else None
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
    try:
        value = evaluate(body, last, namespace)
        finish_threads("finish")
    except BaseException:
        finish_threads("forget")
        raise
    if value is not None:
        namespace["_"] = value
        data, metadata = display.mime_bundle(value)
        channel.send({"type": "execute_result", "data": data, "metadata": metadata})
    show_figures()


def evaluate(body, last, namespace):
    """Run a cell's statements; the value of its last expression, None where there is none."""
    codes = [code for code in (body, last) if code is not None]
    if any(code.co_flags & _CO_COROUTINE for code in codes):
        value = evaluate_in_loop(codes, namespace)
    else:
        for code in codes:
            value = eval(code, namespace)
    return None if last is None else value


def evaluate_in_loop(codes, namespace):
    """The same for a cell that awaits something: all of it runs in the event loop."""
    import asyncio

    async def steps():
        for code in codes:
            value = eval(code, namespace)
            if code.co_flags & _CO_COROUTINE:
                value = await value
        return value

    global _loop  # noqa: PLW0603
    if _loop is None or _loop.is_closed():
        _loop = asyncio.new_event_loop()
    task = _loop.create_task(steps())
    try:
        return _loop.run_until_complete(task)
    finally:
        if not task.done() and task.cancel():  # the loop was left by an exception that is none of the cell's code
            _loop.run_until_complete(asyncio.wait([task]))


def finish_threads(how):
    """``finish`` what threads are left to do, or ``forget`` it."""
    threads = sys.modules.get("offline_ci_guest.threads")
    if threads is not None:
        getattr(threads, how)()


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
