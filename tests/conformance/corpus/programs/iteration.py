# --- itertools_infinite
from itertools import *
print(list(islice(count(10, 2.5), 4)), list(islice(cycle("ab"), 5)), list(repeat(7, 3)))

# --- itertools_combinatoric
from itertools import *
print(list(permutations("abc", 2)), list(combinations(range(4), 3)), list(combinations_with_replacement("ab", 2)), list(product("ab", [1, 2])), len(list(product(range(2), repeat=5))))

# --- itertools_terminating
from itertools import *
import operator
print(list(accumulate([1, 2, 3, 4], operator.mul)), list(chain("ab", [1])), list(chain.from_iterable([[1], [2]])), list(compress("abcd", [1, 0, 1])), list(dropwhile(lambda x: x < 3, [1, 3, 2])), list(takewhile(lambda x: x < 3, [1, 3, 2])), list(filterfalse(bool, [0, 1, "", 2])))

# --- itertools_grouping
from itertools import *
print([(k, list(g)) for k, g in groupby("aabbca")], list(batched("abcdefg", 3)), list(pairwise([1, 2, 3])), list(zip_longest("ab", [1], fillvalue=0)), list(starmap(pow, [(2, 3), (3, 2)])))

# --- batched_strict
from itertools import batched
list(batched("abcde", 2, strict=True))

# --- tee
from itertools import tee
a, b = tee(iter([1, 2, 3]))
print(next(a), next(a), next(b), list(a), list(b))

# --- zip_strict
list(zip([1, 2], [1], strict=True))

# --- enumerate_reversed
print(list(enumerate("ab", start=5)), list(reversed([1, 2])), list(map(lambda a, b: a + b, [1, 2], [10, 20, 30])), list(filter(None, [0, 1])), any([]), all([]), sum([[1], [2]], []))

# --- next_at_the_end
next(iter([]))

# --- iter_sentinel
values = iter([1, 2, 0, 3])
print(list(iter(lambda: next(values), 0)), next(values, "end"), next(values, "end"))

# --- not_iterable
for x in 5: pass

# --- generator_protocol
def g():
    x = 0
    try:
        while True:
            x = yield x * 2
            print("got", x)
    except ValueError as e:
        yield f"caught {e}"
    finally:
        print("done")
i = g()
print(next(i), i.send(5), i.throw(ValueError("v")))
i.close()

# --- generator_return
def inner():
    yield 1
    return "result"
def outer():
    r = yield from inner()
    print("inner returned", r)
    yield 2
print(list(outer()))

# --- generator_raises_stop
def g():
    yield 1
    raise StopIteration("x")
list(g())

# --- generator_running
def g():
    next(i)
    yield
i = g()
next(i)

# --- generator_send_first
def g(): yield
g().send(1)

# --- generator_ignores_exit
def g():
    try:
        yield 1
    except GeneratorExit:
        yield 2
i = g()
next(i)
i.close()

# --- generator_state
import inspect
def g():
    local = 1
    yield
i = g()
print(inspect.getgeneratorstate(i), next(i), inspect.getgeneratorstate(i), inspect.getgeneratorlocals(i))
i.close()
print(inspect.getgeneratorstate(i))

# --- generator_expression
squares = (n * n for n in range(5))
print(next(squares), sum(squares), list(squares), max((len(w), w) for w in ["a", "ccc", "bb"]))

# --- coroutine_by_hand
async def inner(n):
    return n * 2
async def outer():
    return await inner(4) + 1
c = outer()
try:
    c.send(None)
except StopIteration as stop:
    print(stop.value)

# --- coroutine_with_awaitable
class Wait:
    def __init__(self, n): self.n = n
    def __await__(self):
        got = yield self.n
        return got
async def main():
    return await Wait(1) + await Wait(2)
c = main()
print(c.send(None), c.send(10))
try:
    c.send(20)
except StopIteration as stop:
    print(stop.value)

# --- await_something_else
async def main():
    await 5
main().send(None)

# --- async_generator_by_hand
async def numbers():
    for i in range(3):
        yield i
async def main():
    total = [i async for i in numbers() if i]
    async for i in numbers():
        total.append(i * 10)
    return total
try:
    main().send(None)
except StopIteration as stop:
    print(stop.value)

# --- async_with_by_hand
class C:
    async def __aenter__(self): print("enter"); return self
    async def __aexit__(self, *exc): print("exit", exc[0]); return True
async def main():
    async with C():
        raise KeyError("inside")
    return "after"
try:
    main().send(None)
except StopIteration as stop:
    print(stop.value)

# --- lru_cache
from functools import lru_cache, cache
calls = []
@lru_cache(maxsize=2)
def f(n):
    calls.append(n)
    return n
[f(n) for n in (1, 2, 1, 3, 2)]
print(calls, f.cache_info())
@cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(100))

# --- lru_cache_unhashable
from functools import cache
cache(len)([1])

# --- partial
from functools import partial, partialmethod, reduce
print(partial(int, base=2)("101"), partial(print, 1, sep="-").args, reduce(lambda a, b: a * 10 + b, [1, 2, 3]), reduce(max, [], 0))

# --- reduce_empty
from functools import reduce
reduce(max, [])

# --- singledispatch
from functools import singledispatch
@singledispatch
def show(x): return "object"
@show.register
def _(x: int): return "int"
@show.register(list)
def _(x): return "list"
print(show(1), show(True), show([]), show("s"), show.dispatch(bool) is show.dispatch(int))

# --- total_ordering
from functools import total_ordering
@total_ordering
class V:
    def __init__(self, n): self.n = n
    def __eq__(self, o): return self.n == o.n
    def __lt__(self, o): return self.n < o.n
print(V(1) <= V(1), V(2) > V(1), V(1) >= V(2), sorted([V(3), V(1)])[0].n)

# --- wraps
from functools import wraps
def d(f):
    @wraps(f)
    def w(*a, **k):
        """wrapper"""
        return f(*a, **k)
    return w
@d
def named(a: int = 1) -> str:
    """doc"""
print(named.__name__, named.__doc__, named.__wrapped__.__name__, named.__annotations__)

# --- cmp_to_key_and_cached_property
from functools import cached_property, cmp_to_key
class A:
    @cached_property
    def x(self):
        print("computed")
        return 1
a = A()
print(a.x, a.x, vars(a), sorted([3, 1, 2], key=cmp_to_key(lambda a, b: b - a)))

# --- operator_functions
import operator
print(operator.itemgetter(1, 0)("ab"), operator.attrgetter("real", "imag")(1j), operator.methodcaller("split", ",")("a,b"), operator.index(True), operator.contains("abc", "b"), operator.concat([1], [2]))

# --- recursion_limit
def f(n): return f(n + 1)
try:
    f(0)
except RecursionError as e:
    print(type(e).__name__, str(e)[:32])

# --- hanoi
def hanoi(n, a="A", b="B", c="C"):
    if n:
        yield from hanoi(n - 1, a, c, b)
        yield a + c
        yield from hanoi(n - 1, b, a, c)
print(list(hanoi(3)), sum(1 for _ in hanoi(10)))

# --- primes
from itertools import count, islice
def primes():
    composites = {}
    for n in count(2):
        if n not in composites:
            yield n
            composites[n * n] = [n]
        else:
            for p in composites.pop(n):
                composites.setdefault(p + n, []).append(p)
print(list(islice(primes(), 20)))
