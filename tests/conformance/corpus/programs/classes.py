# --- multiple_inheritance
class A:
    def f(self): return ["A"]
class B(A):
    def f(self): return ["B"] + super().f()
class C(A):
    def f(self): return ["C"] + super().f()
class D(B, C):
    def f(self): return ["D"] + super().f()
print(D().f(), [c.__name__ for c in D.__mro__])

# --- no_consistent_mro
class A: pass
class B(A): pass
class C(A, B): pass

# --- properties
class T:
    def __init__(self): self._c = 0
    @property
    def f(self):
        """doc"""
        return self._c * 9 / 5 + 32
    @f.setter
    def f(self, v): self._c = (v - 32) * 5 / 9
    @f.deleter
    def f(self): print("deleted")
t = T()
t.f = 212
print(t._c, t.f, T.f.__doc__)
del t.f

# --- property_without_setter
class T:
    @property
    def x(self): return 1
T().x = 2

# --- missing_attribute
class Thing: pass
Thing().colour

# --- missing_attribute_suggestion
class Thing:
    def __init__(self): self.colour = 1
try:
    Thing().color
except AttributeError as e:
    print(e, e.name, type(e.obj).__name__)

# --- missing_name
colour = 1
color

# --- slots
class P:
    __slots__ = ("x", "y")
p = P()
p.x = 1
print(p.x, hasattr(p, "y"), hasattr(p, "__dict__"))
p.z = 2

# --- descriptors
class Positive:
    def __set_name__(self, owner, name): self.name = "_" + name
    def __get__(self, obj, owner=None): return self if obj is None else getattr(obj, self.name)
    def __set__(self, obj, value):
        if value <= 0: raise ValueError(f"{self.name[1:]} must be positive, not {value!r}")
        setattr(obj, self.name, value)
class Box:
    width = Positive()
    def __init__(self, w): self.width = w
print(Box(3).width, type(Box.width).__name__)
Box(-1)

# --- metaclass
class Meta(type):
    registry = []
    def __new__(m, name, bases, ns, **kw):
        cls = super().__new__(m, name, bases, ns)
        m.registry.append((name, kw))
        return cls
    def __init__(cls, name, bases, ns, **kw): super().__init__(name, bases, ns)
    def __call__(cls, *a): return (cls.__name__, super().__call__(*a))
class A(metaclass=Meta, flag=1): pass
print(Meta.registry, A()[0], type(A).__name__)

# --- metaclass_conflict
class M1(type): pass
class M2(type): pass
class A(metaclass=M1): pass
class B(metaclass=M2): pass
class C(A, B): pass

# --- init_subclass
class Plugin:
    found = {}
    def __init_subclass__(cls, /, key=None, **kw):
        super().__init_subclass__(**kw)
        cls.found[key] = cls.__name__
class A(Plugin, key="a"): pass
class B(Plugin, key="b"): pass
print(Plugin.found)

# --- abstract
from abc import ABC, abstractmethod
class Shape(ABC):
    @abstractmethod
    def area(self): ...
    @abstractmethod
    def name(self): ...
Shape()

# --- operators
class V:
    def __init__(self, *a): self.a = a
    def __add__(self, o): return V(*map(sum, zip(self.a, o.a)))
    def __mul__(self, k): return V(*(x * k for x in self.a)) if isinstance(k, int) else NotImplemented
    __rmul__ = __mul__
    def __matmul__(self, o): return sum(x * y for x, y in zip(self.a, o.a))
    def __neg__(self): return self * -1
    def __eq__(self, o): return self.a == o.a
    def __getitem__(self, i): return self.a[i]
    def __repr__(self): return f"V{self.a}"
    def __bool__(self): return any(self.a)
print(V(1, 2) + V(3, 4), 2 * V(1, 2), V(1, 2) @ V(3, 4), -V(1, 0), V(1) == V(1), V(1, 2)[-1], bool(V(0)), list(V(5, 6)))
V(1) * "x"

# --- equal_without_hash
class A:
    def __eq__(self, o): return True
{A()}

# --- attribute_hooks
class A:
    def __getattr__(self, n): return f"<{n}>"
    def __setattr__(self, n, v): print("set", n); object.__setattr__(self, n, v)
    def __delattr__(self, n): print("del", n)
    def __dir__(self): return ["b", "a"]
a = A()
a.x = 1
print(a.x, a.y, getattr(a, "z"), dir(a))
del a.q

# --- class_and_static_methods
class A:
    n = 0
    @classmethod
    def make(cls, n): o = cls(); o.n = n; return o
    @staticmethod
    def double(n): return n * 2
class B(A): pass
print(type(B.make(3)).__name__, B.make(3).n, A.double(4), B().double(5))

# --- call_errors
def f(a, b, /, c, *, d=1, **k): return a, b, c, d, k
print(f(1, 2, 3, d=4, e=5), f(1, 2, c=3, a=9))
for args, kw in [((1,), {}), ((1, 2, 3, 4), {}), ((1, 2), {"c": 1, "d": 2, "b": 1}), ((), {"a": 1, "b": 2, "c": 3})]:
    try:
        print(f(*args, **kw))
    except TypeError as e:
        print(e)

# --- unexpected_keyword
def f(a): pass
f(1, b=2)

# --- not_callable
"text"()

# --- dataclass
from dataclasses import *
@dataclass(order=True)
class P:
    x: int
    y: float = 2.0
    tags: list = field(default_factory=list, compare=False, repr=False)
    total: float = field(init=False)
    def __post_init__(self): self.total = self.x + self.y
p = P(1)
print(p, asdict(p), astuple(p), replace(p, x=5), P(1) == P(1), P(1) < P(2), [f.name for f in fields(P)], is_dataclass(p))

# --- dataclass_frozen
from dataclasses import dataclass
@dataclass(frozen=True, slots=True, kw_only=True)
class P:
    x: int = 1
print(hash(P()) == hash(P()), P(x=3), P.__match_args__)
P().x = 2

# --- dataclass_order_of_defaults
from dataclasses import dataclass
@dataclass
class P:
    x: int = 1
    y: int

# --- dataclass_mutable_default
from dataclasses import dataclass
@dataclass
class P:
    x: list = []

# --- dataclass_missing
from dataclasses import dataclass
@dataclass
class P:
    x: int
    y: int
P(1)

# --- enum
from enum import *
class Color(Enum):
    RED = 1
    GREEN = "g"
    CRIMSON = 1
print(Color.RED, repr(Color.GREEN), Color(1), Color["GREEN"], list(Color), Color.CRIMSON is Color.RED, Color.RED.name, Color.__members__.keys(), Color.RED == 1)
class N(IntEnum):
    A = auto()
    B = auto()
print(N.A + 1, N.B > N.A, f"{N.A}", repr(N.B), N(2), [n.value for n in N])

# --- enum_unknown_value
from enum import Enum
class Color(Enum): RED = 1
Color(5)

# --- enum_unknown_name
from enum import Enum
class Color(Enum): RED = 1
Color.BLUE

# --- enum_flags
from enum import *
class F(Flag):
    R = auto()
    W = auto()
    X = auto()
    RW = R | W
print(F.R | F.X, repr(F.RW), F.W in F.RW, ~F.R, F(0), list(F.RW), F.R & F.W, F.RW.value, bool(F(0)), F(7))
class S(StrEnum):
    LOW = auto()
    HIGH = "Hi"
print(S.LOW, S.HIGH.upper(), f"{S.LOW:>5}", S("low") is S.LOW)

# --- enum_unique
from enum import Enum, unique
@unique
class E(Enum):
    A = 1
    B = 1

# --- enum_methods
from enum import Enum
class Planet(Enum):
    EARTH = (5.97e24, 6.37e6)
    MARS = (6.42e23, 3.39e6)
    def __init__(self, mass, radius): self.mass, self.radius = mass, radius
    @property
    def g(self): return round(6.67e-11 * self.mass / self.radius**2, 2)
    @classmethod
    def _missing_(cls, v): return cls.EARTH
print([(p.name, p.g) for p in Planet], Planet("x"))

# --- enum_reassign
from enum import Enum
class C(Enum): A = 1
C.A = 2

# --- typing
from typing import *
T = TypeVar("T")
class Stack(Generic[T]):
    def push(self, x: T) -> None: ...
class Point(NamedTuple):
    x: int
    y: int = 0
class Movie(TypedDict, total=False):
    name: Required[str]
    year: int
print(Stack[int], Point(1), get_type_hints(Stack.push), Optional[int], Union[int, str, None], list[int] | None, Literal["a", 1], get_args(dict[str, int]), get_origin(list[int]), Movie(name="x"), Movie.__required_keys__, Callable[[int], str], Annotated[int, "m"].__metadata__)

# --- generic_syntax
def first[T: int](xs: list[T]) -> T: return xs[0]
class Box[T]:
    def __init__(self, x: T): self.x = x
type Pair[A] = tuple[A, A]
print(first([1]), first.__type_params__, Box[int], Pair.__value__, Pair[int], Box.__parameters__)

# --- protocol
from typing import Protocol, runtime_checkable
@runtime_checkable
class Closes(Protocol):
    def close(self) -> None: ...
import io
print(isinstance(io.StringIO(), Closes), isinstance(1, Closes))

# --- annotations
class A:
    x: int
    y: "undefined" = 1
    z: undefined_name = 2
import annotationlib
print(annotationlib.get_annotations(A, format=annotationlib.Format.STRING), annotationlib.get_annotations(A, format=annotationlib.Format.FORWARDREF)["x"])
A.__annotations__

# --- new_and_singletons
class One:
    instance = None
    def __new__(cls): cls.instance = cls.instance or super().__new__(cls); return cls.instance
class Int(int):
    def __new__(cls, v): return super().__new__(cls, v * 2)
    def __repr__(self): return f"Int({int(self)})"
print(One() is One(), Int(4), Int(4) + 1, type(Int(1) + 1).__name__)

# --- deletion_order
class A:
    def __init__(self, n): self.n = n
    def __del__(self): print("del", self.n)
a = A(1)
a = A(2)
b = [A(3), A(4)]
del a
b.clear()
print("end")

# --- closures
def counter():
    n = 0
    def add():
        nonlocal n
        n += 1
        return n
    return add
c = counter()
print(c(), c(), counter()(), [f() for f in [lambda: i for i in range(3)]], [f() for f in [lambda i=i: i for i in range(3)]], c.__closure__[0].cell_contents)

# --- unbound_local
x = 1
def f():
    print(x)
    x = 2
f()

# --- decorators
def times(n):
    def decorate(f):
        def run(*a): return [f(*a) for _ in range(n)]
        return run
    return decorate
@times(2)
@lambda f: lambda x: f(x) + 1
def f(x): return x * 2
print(f(3))

# --- isinstance_bad
isinstance(1, [int])

# --- super_without_argument
super()
