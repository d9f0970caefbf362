# --- string_io
import io
f = io.StringIO("one\ntwo\r\nthree", newline=None)
print(f.readline(), f.tell(), f.readlines(), f.seek(0), f.read(3), f.getvalue(), f.truncate(5), f.getvalue())
f.seek(20)
f.write("x")
print(repr(f.getvalue()))

# --- bytes_io
import io
f = io.BytesIO(b"abcdef")
print(f.read(2), f.read1(), f.seek(-2, 2), f.peek() if hasattr(f, "peek") else "", f.readinto(bytearray(5)), f.getbuffer()[1:3].tobytes(), f.write(b"gh"), f.getvalue(), f.readable())

# --- string_io_bytes
import io
io.StringIO().write(b"x")

# --- closed_string_io
import io
f = io.StringIO()
f.close()
f.getvalue()

# --- text_wrapper
import io
raw = io.BytesIO()
t = io.TextIOWrapper(raw, encoding="utf-16", newline="\r\n", write_through=True)
t.write("a\né")
print(raw.getvalue(), t.encoding, t.errors, t.line_buffering)
t.reconfigure(line_buffering=True)
print(t.line_buffering, t.detach() is raw)

# --- buffered
import io
class Slow(io.RawIOBase):
    def __init__(self): self.left = 7
    def readable(self): return True
    def readinto(self, b):
        n = min(len(b), self.left, 3)
        b[:n] = b"x" * n
        self.left -= n
        return n
print(io.BufferedReader(Slow(), 4).read(5), io.BufferedReader(Slow()).read(), io.BufferedReader(Slow()).peek(1)[:3], Slow().readall())

# --- unsupported
import io
io.BytesIO(b"x").fileno()

# --- print_to_files
import io
f = io.StringIO()
print("a", 1, sep="|", end="$", file=f, flush=True)
print(f.getvalue())
print("x", file=None)

# --- standard_streams
import sys
print(sys.stdout.encoding, sys.stdout.writable(), sys.stdin.readable(), sys.stdout.fileno(), sys.stderr.fileno(), sys.stdin.fileno(), sys.stdout.isatty(), sys.stdin.encoding)
sys.stdout.write("direct\n")
sys.stdout.buffer.write(b"bytes\n")

# --- input_at_the_end
print("ask")
input()

# --- stdin_is_empty
import sys
print(repr(sys.stdin.read()), list(sys.stdin), repr(sys.stdin.readline()))

# --- logging
import io, logging
f = io.StringIO()
h = logging.StreamHandler(f)
h.setFormatter(logging.Formatter("%(levelname)-8s|%(name)s|%(funcName)s:%(lineno)d|%(message)s"))
log = logging.getLogger("a.b")
log.addHandler(h)
log.setLevel("INFO")
log.debug("hidden")
log.info("n=%d %s", 5, "x")
log.warning("late %(k)s", {"k": 1})
try: 1 / 0
except ZeroDivisionError: log.exception("failed")
print(f.getvalue(), log.isEnabledFor(10), logging.getLevelName(30), log.getEffectiveLevel(), log.parent.name)

# --- logging_config
import logging, logging.config, sys
logging.config.dictConfig({"version": 1, "formatters": {"f": {"format": "{levelname}:{message}", "style": "{"}}, "handlers": {"h": {"class": "logging.StreamHandler", "formatter": "f", "stream": sys.stdout}, "m": {"class": "logging.FileHandler", "filename": "x.log"}}, "root": {"level": "WARNING", "handlers": ["h", "m"]}})
logging.info("no")
logging.error("yes")
logging.getLogger("child").critical("also")
print(open("x.log").read())

# --- logging_unknown_level
import logging
logging.getLogger().setLevel("LOUD")

# --- logging_filters
import logging, sys
class F(logging.Filter):
    def filter(self, r): r.user = "ann"; return "secret" not in r.getMessage()
logging.basicConfig(stream=sys.stdout, format="%(user)s %(message)s", level=1, force=True)
logging.getLogger().handlers[0].addFilter(F())
logging.info("shown")
logging.info("secret")

# --- argparse
import argparse
p = argparse.ArgumentParser(prog="tool", description="Does things.", color=False)
p.add_argument("file", nargs="+")
p.add_argument("-n", "--number", type=int, default=3, help="how many (default: %(default)s)")
p.add_argument("--mode", choices=["a", "b"], required=True)
p.add_argument("-v", action="count", default=0)
p.add_argument("--flag", action=argparse.BooleanOptionalAction)
print(p.parse_args(["x", "y", "-n5", "--mode=a", "-vv", "--no-flag"]), p.format_help())

# --- argparse_errors
import argparse, contextlib, io
p = argparse.ArgumentParser(prog="tool", color=False)
p.add_argument("n", type=int)
p.add_argument("--mode", choices=["a", "b"])
for args in ([], ["x"], ["1", "--mode", "c"], ["1", "2"], ["1", "--zzz"]):
    f = io.StringIO()
    try:
        with contextlib.redirect_stderr(f): p.parse_args(args)
    except SystemExit as e: print(e.code, f.getvalue())

# --- argparse_uncaught
import argparse
argparse.ArgumentParser(prog="t").parse_args(["--what"])

# --- argparse_subcommands
import argparse
p = argparse.ArgumentParser(prog="git", color=False)
s = p.add_subparsers(dest="cmd", required=True)
a = s.add_parser("add", help="add files")
a.add_argument("path", nargs="*")
g = a.add_mutually_exclusive_group()
g.add_argument("-a", action="store_true")
g.add_argument("-b", action="store_false")
print(p.parse_args(["add", "x", "-a"]), p.parse_known_args(["add", "--q"]), p.format_usage(), a.format_help())

# --- getopt
import getopt
print(getopt.getopt(["-a", "-b5", "--long=x", "rest"], "ab:", ["long="]))
getopt.getopt(["-z"], "a")

# --- copy
import copy
a = [1, [2, {"k": [3]}]]
s, d = copy.copy(a), copy.deepcopy(a)
a[1][1]["k"].append(4)
print(s, d, copy.replace(__import__("datetime").date(2024, 1, 2), day=9))
class C:
    def __init__(self): self.me, self.l = self, [1]
    def __copy__(self): return "copied"
c = copy.deepcopy(C())
print(c.me is c, copy.copy(C()))

# --- weakref
import gc, weakref
class A: pass
a = A()
r = weakref.ref(a, lambda r: print("gone"))
d = weakref.WeakValueDictionary(k=a)
f = weakref.finalize(a, print, "finalized")
print(r() is a, "k" in d, f.alive)
del a
print(r(), dict(d), f.alive)

# --- weakref_of_int
import weakref
weakref.ref(5)

# --- gc
import gc
class A:
    def __del__(self): print("collected")
a = A()
a.me = a
del a
print(gc.collect() > 0, gc.isenabled(), gc.get_threshold()[0] > 0)

# --- gettext_and_locale
import gettext, locale
print(gettext.gettext("hello"), gettext.ngettext("cat", "cats", 2), gettext.translation("x", fallback=True).gettext("y"), locale.setlocale(locale.LC_ALL, "C"), locale.localeconv()["decimal_point"], locale.format_string("%.2f", 1234.5, grouping=True), locale.atof("1.5"))

# --- locale_unknown
import locale
locale.setlocale(locale.LC_ALL, "xx_YY")

# --- ast
import ast
t = ast.parse("x = [1, 'a', -2]\nif x: print(x)")
print(ast.unparse(t), ast.literal_eval("{'a': (1, None, {2})}"), [type(n).__name__ for n in ast.walk(t)][:8], ast.dump(ast.parse("f(a)", mode="eval")))
ast.literal_eval("__import__('os')")

# --- inspect
import inspect
def f(a, /, b: int = 2, *args, c, d=None, **kw) -> str:
    """Doc
        indented."""
print(inspect.signature(f), inspect.getdoc(f), inspect.signature(f).bind(1, c=3).arguments, inspect.isfunction(f), inspect.getsource(f) if False else "", inspect.cleandoc(" a\n   b"))
inspect.signature(f).bind(1)

# --- tokenize
import io, tokenize
print([(tokenize.tok_name[t.type], t.string) for t in tokenize.generate_tokens(io.StringIO("x = 1 # c\n").readline)])

# --- exec_and_compile
ns = {}
exec("def f(x): return x + y\ny = 5", ns)
print(ns["f"](1), eval("a * 2", {"a": 4}), eval(compile("1 + 1", "", "eval")), sorted(k for k in ns if k != "__builtins__"))

# --- queue
import queue
q = queue.Queue(2)
q.put(1)
q.put(2)
print(q.full(), q.get(), q.qsize())
p = queue.PriorityQueue()
for x in (3, 1, 2): p.put(x)
print([p.get() for _ in range(3)])
queue.SimpleQueue().get_nowait()

# --- sched_and_timeit
import sched, timeit
s = sched.scheduler(lambda: 0, lambda d: None)
s.enter(2, 1, print, ("second",))
s.enter(1, 1, print, ("first",))
s.run(blocking=False) if False else print(len(s.queue))
print(timeit.timeit("1", number=1) >= 0)

# --- types_module
import types
n = types.SimpleNamespace(a=1, b="x")
print(n, types.MappingProxyType({"k": 1}), types.new_class("A", (int,)).__mro__[1], types.FunctionType.__name__, n == types.SimpleNamespace(b="x", a=1))
types.MappingProxyType({})["x"] = 1

# --- unittest
import io, unittest
class T(unittest.TestCase):
    def test_a(self): self.assertEqual(1, 1)
    def test_b(self): self.assertIn(1, [])
    @unittest.skip("why")
    def test_c(self): pass
    def test_d(self):
        with self.assertRaises(ValueError): int("x")
r = unittest.TextTestRunner(io.StringIO()).run(unittest.defaultTestLoader.loadTestsFromTestCase(T))
print(r.testsRun, len(r.failures), r.skipped[0][1], r.failures[0][1])

# --- doctest_and_mock
import doctest
from unittest import mock
def f(n):
    """
    >>> f(2)
    4
    >>> f(0)
    1
    """
    return n * 2
print(doctest.testmod(report=False))
m = mock.Mock(return_value=3)
m.x.y.side_effect = KeyError("k")
print(m(1, a=2), m.call_args, m.mock_calls)
m.assert_called_once_with(5)
