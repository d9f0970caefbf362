# --- hierarchy
for e in (KeyError, FileNotFoundError, ModuleNotFoundError, UnicodeDecodeError, KeyboardInterrupt, RecursionError, ZeroDivisionError, TimeoutError, ExceptionGroup, SystemExit):
    print(e.__name__, [c.__name__ for c in e.__mro__])

# --- flow
def f(n):
    try:
        if n == 1: raise ValueError("v")
        if n == 2: return "returned"
        if n == 3: raise KeyError("k")
    except (ValueError, TypeError) as e:
        return f"caught {e!r}"
    else:
        return "else"
    finally:
        print("finally", n)
print(f(0), f(1), f(2))
f(3)

# --- cause_and_context
try:
    try:
        {}["a"]
    except KeyError as e:
        raise ValueError("bad") from e
except ValueError as e:
    print(repr(e.__cause__), repr(e.__context__), e.__suppress_context__)
try:
    try:
        1 / 0
    except ZeroDivisionError:
        raise TypeError("second")
except TypeError as e:
    print(repr(e.__cause__), repr(e.__context__), e.__suppress_context__)

# --- raise_from_none
import traceback
try:
    try: 1 / 0
    except ZeroDivisionError: raise ValueError("clean") from None
except ValueError:
    print(traceback.format_exc())

# --- traceback_chain
import traceback
def inner(n):
    return 1 / n
def outer(n):
    try:
        return inner(n)
    except ZeroDivisionError as e:
        raise RuntimeError("outer failed") from e
try:
    outer(0)
except RuntimeError:
    print(traceback.format_exc())

# --- traceback_positions
import traceback
data = {"a": {"b": None}}
try:
    x = data["a"]["b"]["c"] + (1
        + 2)
except TypeError:
    print(traceback.format_exc())

# --- traceback_recursion
import traceback
def f(n):
    if n == 0: raise ValueError("deep")
    f(n - 1)
try:
    f(20)
except ValueError:
    print(traceback.format_exc())

# --- traceback_objects
import sys, traceback
def f(): raise KeyError("k")
try:
    f()
except KeyError:
    kind, value, tb = sys.exc_info()
    print(kind.__name__, [(s.name, s.lineno, s.line) for s in traceback.extract_tb(tb)], traceback.format_exception_only(value), traceback.format_tb(tb, limit=1))
print(sys.exc_info())

# --- traceback_notes
import traceback
try:
    e = ValueError("with notes")
    e.add_note("first note")
    e.add_note("second\nline")
    raise e
except ValueError as e:
    print(e.__notes__, traceback.format_exc())

# --- traceback_of_group
import traceback
try:
    raise ExceptionGroup("several", [ValueError(1), ExceptionGroup("inner", [KeyError("k"), TypeError("t")])])
except ExceptionGroup:
    print(traceback.format_exc())

# --- except_star
def f(errors):
    try:
        raise ExceptionGroup("g", errors)
    except* ValueError as g:
        print("values", g.exceptions)
    except* (TypeError, KeyError) as g:
        print("others", g.exceptions)
f([ValueError(1), TypeError(2), ValueError(3)])
f([OSError(5), KeyError(6)])

# --- group_split
g = ExceptionGroup("g", [ValueError(1), ExceptionGroup("h", [TypeError(2), ValueError(3)])])
print(g.split(ValueError), g.subgroup(TypeError), g.subgroup(lambda e: isinstance(e, OSError)), g.derive([KeyError()]))

# --- group_empty
ExceptionGroup("none", [])

# --- group_of_wrong_type
ExceptionGroup("g", [ValueError(), KeyboardInterrupt()])

# --- uncaught_group
raise ExceptionGroup("two", [ValueError("a"), KeyError("b")])

# --- custom
class AppError(Exception):
    def __init__(self, code, text):
        super().__init__(code, text)
        self.code = code
    def __str__(self): return f"[{self.code}] {self.args[1]}"
try:
    raise AppError(5, "failed")
except AppError as e:
    print(e, repr(e), e.args, e.code)
raise AppError(6, "uncaught é")

# --- custom_os_error
class Missing(FileNotFoundError): pass
e = OSError(2, "No such file", "a.txt")
print(type(e).__name__, e, e.errno, e.strerror, e.filename, repr(Missing("x")), OSError("just text").errno, repr(OSError(13, "p")))

# --- key_error_text
{"a": 1}["it's"]

# --- assertion
x = 5
assert x < 3, f"{x} is too large"

# --- assertion_without_text
assert []

# --- raise_class
raise ValueError

# --- raise_nothing
raise

# --- raise_text
raise "text"

# --- exit_with_number
import sys
print("leaving")
sys.exit(3)

# --- exit_with_text
raise SystemExit("reason")

# --- exit_in_finally
import sys
try:
    sys.exit(2)
finally:
    print("still runs")

# --- stop_iteration_value
e = StopIteration(5)
print(e.value, e.args)
raise e

# --- keyboard_interrupt
raise KeyboardInterrupt("by hand")

# --- syntax_errors
for code in ("x =", "if True\n  x", "print 'a'", "a b", "f(a=1, 2)", "def f(a, a): pass", "(1, 2", "x = 5 +* 3", "return 1", "for i in range(3) print(i)", "'abc", "1abc", "x = {1: 2, 3}", "break", "f'{a b}'", "from x import", "lambda: (yield)", "a = 1 if 2", "else: pass", "import a.b as", "class A: x = y = ", "async def f(): await", "nonlocal x", "x++", "None = 1", "f() = 1", "del f()", "\tx\n  y", "if x = 1: pass", "[x for x in]", "0777", "\\x", "é = ∞"):
    try:
        compile(code, "<code>", "exec")
        print(repr(code), "is fine")
    except SyntaxError as e:
        print(repr(code), type(e).__name__, e.msg, e.lineno, e.offset, e.end_offset)

# --- syntax_error_of_the_program
x = (1,
y = 2

# --- indentation_error_of_the_program
def f():
x = 1

# --- eval_syntax_error
eval("1 +")

# --- type_error_texts
import operator
for code in ("1 + 'a'", "'a' + 1", "[] + ()", "-'a'", "{} < {}", "len(5)", "5[0]", "None.x", "int([])", "int(None)", "[1]['a']", "'a'[1.0]", "range(1.5)", "sum('ab')", "max()", "max([])", "object() + 1", "'a' * 'b'", "5()", "round('a')", "abs('a')", "chr('a')", "ord('ab')", "{}.x", "[1].add(2)", "isinstance(1, 1)", "f'{1:z}'", "bytes('a')", "open()", "list(5)", "dict([1])", "dict([(1, 2, 3)])", "set(1)", "iter(1)", "next([])", "hash([])", "float('a')", "float([])", "complex('a')", "divmod(1, 0)", "[][0]", "().index(1)", "print(end=1)", "sorted(1)", "sorted([1], lambda x: x)", "import_(1)", "'%d' % 'a'", "{**1}", "[*1]", "print(**1)", "(lambda x: x)()", "type('A', (1,), {})", "getattr(1)", "'abc'.foo", "super().x", "int('')", "1 << -1", "bytearray(-1)", "memoryview('a')", "'a'.encode('x')", "slice()", "zip(1)", "map(1)", "enumerate(1)", "pow(2, -1, 4)", "2 ** 'a'", "~1.5", "not_defined", "__import__('no_such_module')", "str(b'a', 'ascii', 5)", "format(1, 2)", "'{:d}'.format('a')", "'{0.x}'.format(1)", "reversed({1})", "vars(1)", "int('9', 5)", "int('1', 99)"):
    try:
        print(code, "=>", repr(eval(code)))
    except Exception as e:
        print(code, "=>", type(e).__name__, e)

# --- import_errors
for code in ("import no_such_module", "from os import no_such_name", "import os.nothing", "from math import sinus", "from . import x", "import json.decoderr"):
    try:
        exec(code)
    except ImportError as e:
        print(code, type(e).__name__, e.msg.partition(" (")[0], e.name)

# --- warnings
import warnings
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    warnings.warn("careful", DeprecationWarning, stacklevel=1)
    warnings.warn(UserWarning("mine"))
    print([(x.category.__name__, str(x.message), x.lineno) for x in w])
warnings.simplefilter("error")
warnings.warn("now an error", RuntimeWarning)

# --- except_order
try:
    raise FileNotFoundError("f")
except OSError as e:
    print("OSError first", type(e).__name__)
except FileNotFoundError:
    print("never")
e

# --- finally_returns
def f():
    try:
        raise ValueError
    finally:
        return "swallowed"
print(f())

# --- error_in_handler
try:
    raise ValueError("one")
except ValueError:
    int("two")

# --- traceback_with_locals
import traceback
def f(n):
    text = "t" * n
    return undefined
def main():
    try:
        f(3)
    except NameError as e:
        return traceback.TracebackException.from_exception(e.with_traceback(e.__traceback__.tb_next), capture_locals=True)
print("".join(main().format()))

# --- exception_pickles
import pickle
e = pickle.loads(pickle.dumps(ValueError("a", 1)))
f = pickle.loads(pickle.dumps(FileNotFoundError(2, "m", "f")))
print(repr(e), repr(f), f.filename)
