# --- counter
from collections import Counter
c = Counter("mississippi")
print(c, c.most_common(2), c["z"], c + Counter(a=1), c - Counter(s=3), c & Counter(s=1, m=5), c | Counter(q=2), sorted(c.elements()), c.total(), Counter(a=1) <= Counter(a=2))

# --- defaultdict
from collections import defaultdict
d = defaultdict(list)
for k, v in [("a", 1), ("b", 2), ("a", 3)]:
    d[k].append(v)
print(d, dict(d), d.get("z"), "z" in d, d["z"], defaultdict(None) == {})

# --- ordered_dict
from collections import OrderedDict
d = OrderedDict(a=1, b=2, c=3)
d.move_to_end("a")
print(d, d.popitem(last=False), OrderedDict(a=1, b=2) == OrderedDict(b=2, a=1), OrderedDict(a=1) == {"a": 1}, list(reversed(d)))

# --- deque
from collections import deque
d = deque(range(5), maxlen=5)
d.append(5)
d.appendleft(-1)
d.rotate(2)
print(d, d.index(3), d.count(1), d[0], d.maxlen, deque("abc") + deque("d"), deque([1, 2]) < deque([1, 3]))
d.extendleft([7, 8])
print(d, d.pop(), d.popleft())

# --- deque_empty
from collections import deque
deque().popleft()

# --- deque_changed
from collections import deque
d = deque([1, 2, 3])
for x in d:
    d.append(x)

# --- namedtuple
from collections import namedtuple
P = namedtuple("P", "x y z", defaults=[0])
p = P(1, 2)
print(p, p._replace(x=5), p._asdict(), P._fields, P._make([7, 8, 9]), p == (1, 2, 0), p[1], P._field_defaults)

# --- namedtuple_missing
from collections import namedtuple
namedtuple("P", "x y")(1)

# --- namedtuple_bad_field
from collections import namedtuple
namedtuple("P", "x class")

# --- chainmap
from collections import ChainMap
c = ChainMap({"a": 1}, {"a": 2, "b": 3})
c["b"] = 9
print(c, c["a"], dict(c), c.parents, c.new_child({"z": 0}), sorted(c))

# --- dict_views
d = {"a": 1, "b": 2, "c": 3}
print(d.keys() & {"a", "z"}, sorted(d.keys() | {"z"}), d.items() - {("a", 1)} == {("b", 2), ("c", 3)}, list(reversed(d)), d | {"a": 0}, d.keys() >= {"a"})

# --- dict_order
d = {"b": 1, "a": 2}
d["c"] = 3
del d["b"]
d["b"] = 4
print(d, d.popitem(), d.setdefault("n", []), d.pop("zz", None), dict.fromkeys("ab", 0), dict([(1, 2)], k=3))

# --- dict_changed_size
d = {1: 1}
for k in d:
    d[k + 1] = 1

# --- dict_missing_key
{"a": 1}["b"]

# --- dict_unhashable
{[]: 1}

# --- dict_popitem_empty
{}.popitem()

# --- nested_comprehensions
print({n: {d for d in range(1, n + 1) if n % d == 0} for n in (6, 7)}, [[r * c for c in range(3)] for r in range(3)], [x for row in [[1, 2], [3]] for x in row if x > 1])

# --- list_methods
a = [3, 1, 2]
a.sort(reverse=True)
a.insert(1, 9)
a.extend("ab")
print(a, a.index(9), a.pop(0), a.count("a"), a[::-1], a * 2, [0] * 3)
a[1:3] = ["x", "y", "z"]
del a[::2]
print(a, a.copy() == a, [] < [0], [1, 2] < [1, 3])

# --- list_remove_missing
[1, 2].remove(3)

# --- list_slice_wrong_size
a = [1, 2, 3, 4]
a[::2] = [1]

# --- list_self_reference
a = [1]
a.append(a)
d = {"a": a}
d["d"] = d
print(a, d)

# --- sort_mixed
sorted([1, "a"])

# --- set_operations
a, b = {1, 2, 3}, {2, 3, 4}
print(a & b, a | b, a - b, a ^ b, a <= b, {2} < a, a.isdisjoint({9}), frozenset(a) == a, len({1, 1.0, True}))
a |= {10}
a.discard(99)
print(sorted(a), set("hello") == set("hole"))

# --- set_remove_missing
{1}.remove(2)

# --- tuples
t = (1, 2, 3)
print(t + (4,), t * 2, t.index(2), (1,) < (1, 0), hash(t) == hash((1, 2, 3)), tuple("ab"), ())
a, *b, c = range(5)
print(a, b, c)

# --- tuple_assignment
(1, 2)[0] = 1

# --- unpack_too_many
a, b = 1, 2, 3

# --- unpack_too_few
a, b, *c = [1]

# --- tuple_hash
print(hash(()), hash((1, 2, 3)))

# --- ranges
r = range(10, 0, -3)
print(r, list(r), len(r), 4 in r, r[1], r[::-1], r.index(7), range(0) == range(2, 2), range(10**20)[-1])

# --- heapq
import heapq
h = [5, 3, 8, 1, 9, 2]
heapq.heapify(h)
print(h, [heapq.heappop(h) for _ in range(3)], heapq.nlargest(2, [1, 5, 3]), heapq.nsmallest(2, ["bb", "a", "ccc"], key=len), list(heapq.merge([1, 4], [2, 3])), heapq.heappushpop(h, 0), h)

# --- bisect
import bisect
a = [1, 3, 3, 5]
print(bisect.bisect(a, 3), bisect.bisect_left(a, 3), bisect.bisect([("a", 1), ("b", 5)], 3, key=lambda t: t[1]))
bisect.insort(a, 4)
print(a)

# --- stable_sorting
rows = [("b", 2), ("a", 2), ("c", 1), ("a", 1)]
print(sorted(rows, key=lambda r: r[1]), sorted(rows, key=lambda r: (-r[1], r[0])), sorted("bAaB", key=str.lower), sorted([3, 1, 2], key=lambda x: -x))

# --- sort_with_failing_key
[3, 1].sort(key=lambda x: 1 / (x - 1))

# --- user_mapping
from collections.abc import MutableMapping
class Lower(MutableMapping):
    def __init__(self): self.d = {}
    def __getitem__(self, k): return self.d[k.lower()]
    def __setitem__(self, k, v): self.d[k.lower()] = v
    def __delitem__(self, k): del self.d[k.lower()]
    def __iter__(self): return iter(self.d)
    def __len__(self): return len(self.d)
m = Lower()
m["A"] = 1
m.update(B=2)
print("a" in m, m.get("X", "none"), dict(m), m.pop("B"), list(m.items()), m == {"a": 1}, m.setdefault("C", 3))

# --- abstract_collections
from collections.abc import *
print([issubclass(t, (Sequence,)) for t in (list, tuple, str, range, dict)], isinstance({}, Mapping), isinstance(iter([]), Iterator), isinstance(len, Callable), issubclass(set, Hashable))

# --- array
from array import array
a = array("i", [1, 2, 3])
a.append(4)
print(a, a.itemsize, a.tobytes(), array("d", [1.5]).tobytes().hex(), a[1:3], array("B", b"ab"), a.buffer_info()[1])
a.byteswap()
print(a)

# --- array_overflow
from array import array
array("b", [200])

# --- array_item_sizes
from array import array
print([(t, array(t).itemsize) for t in "bBhHiIqQfd"])

# --- array_of_longs
from array import array
print(array("l").itemsize, array("L", [2**32]))

# --- graphlib
from graphlib import CycleError, TopologicalSorter
print(list(TopologicalSorter({"d": {"b", "c"}, "b": {"a"}, "c": {"b"}}).static_order()))
TopologicalSorter({1: [2], 2: [1]}).prepare()
