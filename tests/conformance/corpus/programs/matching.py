# --- literals
def f(x):
    match x:
        case 0 | 1: return "small"
        case -1.5: return "float"
        case "a" "b": return "text"
        case None | True: return "constant"
        case _: return "other"
print([f(x) for x in (0, 1, True, -1.5, "ab", None, 7, 1.0)])

# --- sequences
def f(x):
    match x:
        case []: return "empty"
        case [a]: return f"one {a}"
        case [a, b]: return f"two {a} {b}"
        case [first, *rest, last]: return f"{first} {rest} {last}"
        case _: return "no sequence"
print([f(x) for x in ([], (1,), [1, 2], range(4), "ab", b"ab", {1, 2}, iter([1]))])

# --- mappings
def f(x):
    match x:
        case {"type": "circle", "r": r}: return f"circle {r}"
        case {"type": t, **rest}: return f"{t} {rest}"
        case {}: return "mapping"
        case _: return "none"
from collections import defaultdict, OrderedDict
print([f(x) for x in ({"type": "circle", "r": 2, "x": 0}, {"type": "sq", "a": 1}, {}, {"q": 1}, 5, defaultdict(int), OrderedDict(type="o"))])

# --- classes
from dataclasses import dataclass
@dataclass
class P:
    x: int
    y: int
def f(p):
    match p:
        case P(0, 0): return "origin"
        case P(x=0, y=y): return f"on y at {y}"
        case P(x, y) if x == y: return f"diagonal {x}"
        case P(): return "a point"
        case int(n) | float(n): return f"number {n}"
        case str() as s: return s.upper()
print([f(x) for x in (P(0, 0), P(0, 3), P(2, 2), P(1, 2), 5, 2.5, "s", None)])

# --- match_args
class A:
    __match_args__ = ("one", "two")
    def __init__(self, a, b): self.one, self.two = a, b
match A(1, 2):
    case A(1, two=t): print("matched", t)

# --- too_many_positional
class A:
    __match_args__ = ("one",)
match A():
    case A(1, 2): pass

# --- no_match_args
class A: pass
match A():
    case A(1): print("no")

# --- not_a_class
x = 5
match 1:
    case x(): pass

# --- nested
data = {"users": [{"name": "Ann", "roles": ["admin", "dev"]}, {"name": "Bob", "roles": []}]}
match data:
    case {"users": [{"name": str(first), "roles": ["admin", *_]}, {"name": second, "roles": [] as none}]}:
        print(first, second, none)

# --- constants
from enum import Enum
import math
class C(Enum):
    RED = 1
    BLUE = 2
def f(x):
    match x:
        case C.RED: return "red"
        case math.pi: return "pi"
        case C(): return "a colour"
print(f(C.RED), f(C.BLUE), f(3.141592653589793), f(0))

# --- guards_and_bindings
def f(x):
    match x:
        case (a, b) if a > b: return "greater"
        case (a, b) as pair if a == b: return pair
        case _: return a, b
print(f((2, 1)), f((1, 1)), f((1, 2)))

# --- commands
def run(line):
    match line.split():
        case ["go", ("north" | "south") as d]: return f"going {d}"
        case ["take", *things] if things: return f"taking {', '.join(things)}"
        case ["quit" | "exit"]: return "bye"
        case []: return "nothing"
        case [word, *_]: return f"what is {word}?"
print([run(x) for x in ("go north", "go up", "take a b", "take", "exit", "")])

# --- unreachable
compile("match x:\n case _: pass\n case 1: pass", "<m>", "exec")

# --- bound_twice
compile("match x:\n case (a, a): pass", "<m>", "exec")

# --- alternatives_bind_different_names
compile("match x:\n case (a, 1) | (b, 2): pass", "<m>", "exec")

# --- soft_keywords
match = {"case": 1}
case = match["case"]
type = 5
_ = [match, case, type]
print(_)

# --- numbers_and_strings_mixed
def f(x):
    match x:
        case 1: return "int one"
        case 1.5 | 2j: return "other number"
        case bytes(b): return b
        case bool(): return "bool"
print([f(x) for x in (True, False, 1.0, 2j, b"x")])

# --- expression_tree
def simplify(e):
    match e:
        case ("+", 0, x) | ("+", x, 0): return simplify(x)
        case ("*", 0, _) | ("*", _, 0): return 0
        case ("*", 1, x) | ("*", x, 1): return simplify(x)
        case (op, a, b):
            new = (op, simplify(a), simplify(b))
            return new if new == e else simplify(new)
        case other: return other
print(simplify(("+", ("*", 1, "x"), ("*", ("+", 0, 0), "y"))))
