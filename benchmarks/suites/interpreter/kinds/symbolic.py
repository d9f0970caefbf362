"""Symbolic mathematics: the answer is a formula or exact roots."""

from __future__ import annotations

import ast
import math
import operator
import random
import re
from collections.abc import Callable, Iterable

from suites.interpreter.task import Given, Outcome, Task

_OPERATORS: dict[type, Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "sin": math.sin, "cos": math.cos, "exp": math.exp, "log": math.log, "ln": math.log, "sqrt": math.sqrt,
}  # fmt: skip
_POINTS = (0.37, 0.8, 1.3)


def _evaluate(node: ast.AST, x: float) -> float:
    match node:
        case ast.Expression(body):
            return _evaluate(body, x)
        case ast.Constant(int() | float() as value):
            return float(value)
        case ast.Name("x"):
            return x
        case ast.Name("e"):
            return math.e
        case ast.Name("pi"):
            return math.pi
        case ast.BinOp(left, op, right):
            return float(_OPERATORS[type(op)](_evaluate(left, x), _evaluate(right, x)))
        case ast.UnaryOp(op, operand):
            return float(_OPERATORS[type(op)](_evaluate(operand, x)))
        case ast.Call(ast.Name(name), [argument]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](_evaluate(argument, x))
    raise ValueError(f"not a formula: {ast.dump(node)[:80]}")


def _formulas(answer: str) -> Iterable[str]:
    """Stretches of an answer that may be formulae, as Python writes them."""
    text = answer.replace("**", "^").replace("²", "^2").replace("³", "^3").replace("⁴", "^4").replace("·", "*")
    text = re.sub(r"\\(?:left|right|cdot|,|!|;)", lambda m: "*" if m[0] == "\\cdot" else "", text)
    text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)
    text = re.sub(r"\\(sin|cos|exp|log|ln|sqrt)", r"\1", text).replace("{", "(").replace("}", ")")
    text = re.sub(r"[\[\]$`\\*]{2,}", " ", text)
    for stretch in re.findall(r"(?:\b(?:sin|cos|exp|log|ln|sqrt|pi|[xe])\b|\d+x|\d[\d.]*|[ ()+\-*/^])+", text):
        formula = stretch.strip(" *").replace("^", "**")
        formula = re.sub(r"(\d|\))\s*(?=[a-z(])", r"\1*", formula)
        formula = re.sub(r"\b([xe])\s*(?=\(|sin|cos|exp|log|ln)", r"\1*", formula)
        formula = re.sub(r"\bx\s+(?=x)", "x*", formula).rstrip(" .+-*/(")
        if formula:
            yield formula


def _need_formula(o: Outcome, expected: Callable[[float], float], *, constant: bool = False) -> None:
    """Refuse an answer without a formula that has these values, up to a constant where one may be added."""
    for formula in _formulas(o.answer):
        try:
            tree = ast.parse(formula, mode="eval")
            offsets = [_evaluate(tree, x) - expected(x) for x in _POINTS]
        except (ValueError, SyntaxError, ZeroDivisionError, OverflowError, TypeError, KeyError):
            continue
        if max(offsets) - min(offsets) < 1e-3 and (constant or abs(offsets[0]) < 1e-3):
            return
    o.need(condition=False, reason=f"no right formula in the answer: {' '.join(o.answer.split())[:120]!r}")


def _derivative(rng: random.Random) -> Given:
    a, b = rng.randint(2, 6), rng.randint(2, 5)
    return Given(a=a, b=b, derivative=lambda x: b * x ** (b - 1) * math.sin(a * x) + a * x**b * math.cos(a * x))


def _integral(rng: random.Random) -> Given:
    n, a, b = rng.randint(2, 4), rng.randint(2, 9), rng.randint(1, 9)
    return Given(n=n, a=a, b=b, antiderivative=lambda x: a * x ** (n + 1) / (n + 1) + b * math.exp(x))


def _roots(rng: random.Random) -> Given:
    first, second = _two(rng)
    p, q = -(first + second), first * second
    return Given(roots=(first, second), p=p, q=q, equation=_quadratic(p, q))


def _two(rng: random.Random) -> tuple[int, int]:
    """Two different integers other than zero whose sum is not zero either."""
    while True:
        first, second = rng.randint(-9, 9), rng.randint(-9, 9)
        if first != second and first * second and first + second:
            return first, second


def _quadratic(p: int, q: int) -> str:
    return f"x^2 {'+' if p > 0 else '-'} {abs(p)}x {'+' if q > 0 else '-'} {abs(q)}"


def _system(rng: random.Random) -> Given:
    x, y = rng.randint(-8, 8), rng.randint(-8, 8)
    a, b, c, d = (rng.randint(1, 7) for _ in range(4))  # the determinant -ad - bc is never 0
    return Given(a=a, b=b, c=c, d=d, m=a * x + b * y, n=c * x - d * y, x=x, y=y)


def _expand(rng: random.Random) -> Given:
    a, b, n = rng.randint(2, 5), rng.randint(1, 6), rng.choice([3, 4])
    return Given(a=a, b=b, n=n, value=lambda x: (a * x + b) ** n)


def _expanded(o: Outcome) -> None:
    _need_formula(o, o.v.value)
    o.says(o.v.n * o.v.a * o.v.b ** (o.v.n - 1))  # the coefficient of x: not the product repeated


TASKS = [
    Task(
        "symbolic/derivative",
        "What is the derivative of x^{b} * sin({a}x)?",
        _derivative,
        lambda o: _need_formula(o, o.v.derivative),
        """
import sympy as sp
x = sp.symbols("x")
print("The derivative is", sp.diff(x**<<b>> * sp.sin(<<a>> * x), x))
""",
        ("x**<<b>> *", "x**<<b>> +"),
    ),
    Task(
        "symbolic/integral",
        "integrate {a}x^{n} + {b}e^x with respect to x (indefinite)",
        _integral,
        lambda o: _need_formula(o, o.v.antiderivative, constant=True),
        """
import sympy as sp
x = sp.symbols("x")
print("The integral is", sp.integrate(<<a>> * x**<<n>> + <<b>> * sp.exp(x), x), "+ C")
""",
        ("sp.integrate(", "sp.diff("),
    ),
    Task(
        "symbolic/roots",
        "Solve {equation} = 0 for x.",
        _roots,
        lambda o: o.says(o.v.roots[0]).says(o.v.roots[1]),
        """
import sympy as sp
x = sp.symbols("x")
print("x =", sp.solve(x**2 + (<<p>>) * x + (<<q>>), x))
""",
        ("+ (<<p>>)", "- (<<p>>)"),
    ),
    Task(
        "symbolic/system",
        "Find x and y: {a}x + {b}y = {m} and {c}x - {d}y = {n}",
        _system,
        lambda o: o.says(o.v.x).says(o.v.y),
        """
import sympy as sp
x, y = sp.symbols("x y")
print(sp.solve([<<a>> * x + <<b>> * y - (<<m>>), <<c>> * x - <<d>> * y - (<<n>>)], [x, y]))
""",
        ("- (<<n>>)", "- 1 - (<<n>>)"),
    ),
    Task(
        "symbolic/expand",
        "expand ({a}x + {b})^{n}",
        _expand,
        _expanded,
        """
import sympy as sp
x = sp.symbols("x")
print(sp.expand((<<a>> * x + <<b>>) ** <<n>>))
""",
        ("<<a>> * x + <<b>>", "<<a>> * x - <<b>>"),
    ),
]
