# --- order
class C:
    def __init__(self, n): self.n = n
    def __enter__(self): print("enter", self.n); return self
    def __exit__(self, *e): print("exit", self.n, e[0] and e[0].__name__)
with C(1) as a, C(2) as b:
    print(a.n, b.n)
with (C(3), C(4)):
    raise ValueError("inside")

# --- suppressing
class S:
    def __enter__(self): return "value"
    def __exit__(self, t, v, tb): print(t.__name__, v); return True
with S() as s:
    print(s)
    raise KeyError("gone")
print("after")

# --- contextmanager
from contextlib import contextmanager
@contextmanager
def tag(name):
    print(f"<{name}>")
    try:
        yield name.upper()
    except ValueError as e:
        print("caught", e)
    finally:
        print(f"</{name}>")
with tag("a") as t, tag("b"):
    print(t)
    raise ValueError("v")

# --- contextmanager_yields_twice
from contextlib import contextmanager
@contextmanager
def bad():
    yield 1
    yield 2
with bad(): pass

# --- contextmanager_yields_never
from contextlib import contextmanager
@contextmanager
def bad():
    return
    yield
with bad(): pass

# --- contextmanager_as_decorator
from contextlib import ContextDecorator, contextmanager
@contextmanager
def log(): print("start"); yield; print("end")
@log()
def f(): return 5
print(f(), f())

# --- exit_stack
from contextlib import ExitStack
with ExitStack() as stack:
    for n in range(3):
        stack.callback(print, "callback", n)
    stack.push(lambda *e: print("push", e[0]) or True)
    saved = stack.pop_all()
    stack.callback(print, "only this")
saved.close()

# --- suppress
from contextlib import suppress
with suppress(KeyError, ZeroDivisionError):
    1 / 0
with suppress(KeyError):
    [][0]

# --- redirect
import contextlib, io, sys
f = io.StringIO()
with contextlib.redirect_stdout(f):
    print("hidden")
    help(abs) if False else print("x")
with contextlib.redirect_stderr(f):
    print("err", file=sys.stderr)
print(repr(f.getvalue()))

# --- closing_and_nullcontext
from contextlib import closing, nullcontext
import io
f = io.StringIO("text")
with closing(f) as g: print(g.read())
print(f.closed)
with nullcontext(5) as n: print(n)
f.read()

# --- no_context_manager
with 5: pass

# --- no_async_with
class A:
    async def __aenter__(self): pass
    async def __aexit__(self, *e): pass
with A(): pass

# --- exit_raises
class C:
    def __enter__(self): pass
    def __exit__(self, *e): raise TypeError("from exit")
try:
    with C(): raise ValueError("from body")
except TypeError as e:
    print(e, repr(e.__context__))

# --- return_in_with
class C:
    def __enter__(self): pass
    def __exit__(self, *e): print("exit", e)
def f():
    for i in range(3):
        with C():
            if i == 1: return i
print(f())

# --- contextvars
import contextvars
v = contextvars.ContextVar("v", default=0)
t = v.set(1)
ctx = contextvars.copy_context()
v.set(2)
print(v.get(), ctx[v], ctx.run(lambda: (v.get(), v.set(9), v.get())[::2]), v.get())
v.reset(t)
print(v.get())

# --- contextvar_unset
import contextvars
try: contextvars.ContextVar("name").get()
except LookupError as e: print(type(e).__name__)

# --- chdir
from contextlib import chdir
import os
os.mkdir("d")
before = os.getcwd()
with chdir("d"): print(os.path.basename(os.getcwd()))
print(os.getcwd() == before)

# --- local_decimal_context
from decimal import *
with localcontext(prec=3): print(Decimal(1) / 3)
print(Decimal(1) / 3)
