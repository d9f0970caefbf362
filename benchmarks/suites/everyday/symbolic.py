"""Symbolic maths."""

from __future__ import annotations

import math
import random
import re
from fractions import Fraction

from suites.interpreter import answers
from suites.interpreter.task import Given, Outcome, Task

# --- reads formulas in answers, however they are written

_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[A-Za-z]+|\*\*|[-+*/()]|\n|[^\s]")
_FUNCTIONS = {"exp": math.exp, "sqrt": math.sqrt, "log": math.log, "ln": math.log}
_CONSTANTS = {"e": math.e, "E": math.e, "pi": math.pi}


def formulas(text: str, variables: str) -> list[str]:
    """The formulas in a text as Python expressions of these one-letter variables."""
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", lambda match: f"^({match[0].translate(_RAISED)})", text)
    text = re.sub(r"\\left|\\right|\\[,;!]|\$|`|\\[()\[\]]", " ", text)
    for _ in range(5):
        text = re.sub(r"\\d?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}", r"((\1)/(\2))", text)
        text = re.sub(r"\^\s*\{([^{}]*)\}", r"^(\1)", text)
    text = text.replace("\\cdot", "*").replace("\\times", "*").replace("\\", "")
    for old, new in {"·": "*", "×": "*", "∗": "*", "−": "-", "^": "**", "{": "(", "}": ")"}.items():
        text = text.replace(old, new)
    runs: list[list[str]] = [[]]
    for token in _TOKEN.findall(text):
        parts = [token]
        if token.isalpha() and token not in _FUNCTIONS and token not in _CONSTANTS:
            parts = list(token) if all(letter in variables + "e" for letter in token) else ["\n"]
        for part in parts:
            known = (
                part in variables or part in _FUNCTIONS or part in _CONSTANTS or re.fullmatch(r"\d+(?:\.\d+)?", part)
            )
            if part != "\n" and (known or part in {"**", *"-+*/()"}):
                runs[-1].append(part)
            elif runs[-1]:
                runs.append([])
    return [" ".join(_multiplied(_balanced(_trimmed(run)))) for run in runs if 0 < len(run) < 200]


def _trimmed(run: list[str]) -> list[str]:
    while run and run[-1] in {"**", "*", "/", "+", "-"}:  # bold text, dashes
        run = run[:-1]
    while run and run[0] in {"**", "*", "/"}:
        run = run[1:]
    return run


def _balanced(run: list[str]) -> list[str]:
    depth = 0
    for i, token in enumerate(run):
        depth += (token == "(") - (token == ")")
        if depth < 0:
            return run[:i]
    while depth > 0 and run and run[0] == "(":
        run, depth = run[1:], depth - 1
    return run


def _multiplied(run: list[str]) -> list[str]:
    result: list[str] = []
    for token in run:
        before = result[-1] if result else ""
        ends = before == ")" or (before[:1].isalnum() and before not in _FUNCTIONS)
        if ends and (token == "(" or token[0].isalnum()):
            result.append("*")
        result.append(token if not token[0].isdigit() else repr(float(token)))
    return result


def need_formula(o: Outcome, variables: str, expected: dict[float, float]) -> None:
    """Refuse an answer without a formula that has these values at these points, the same in each variable."""
    for formula in formulas(o.answer, variables):
        try:
            code = compile(formula, "answer", "eval")
            found = [
                eval(code, {"__builtins__": {}}, {**_FUNCTIONS, **_CONSTANTS, **dict.fromkeys(variables, x)})  # noqa: S307
                for x in expected
            ]
            if all(abs(a - b) <= 1e-4 * max(1, abs(b)) for a, b in zip(found, expected.values(), strict=True)):
                return
        except (SyntaxError, ArithmeticError, ValueError, TypeError):
            continue
    o.need(False, f"the answer lacks the right formula: {answers.excerpt(o.answer)}")


def polynomial(coefficients: list[int], letter: str = "x") -> str:
    """A polynomial as it is typed; highest power first."""
    text = ""
    for i, c in enumerate(coefficients):
        power = len(coefficients) - 1 - i
        if c:
            sign = (" + " if c > 0 else " - ") if text else ("" if c > 0 else "-")
            number = str(abs(c)) if abs(c) != 1 or not power else ""
            text += sign + number + (f"{letter}^{power}" if power > 1 else letter if power else "")
    return text


def python_polynomial(coefficients: list[int]) -> str:
    """The same as Python."""
    return " + ".join(f"({c})*x**{len(coefficients) - 1 - i}" for i, c in enumerate(coefficients))


# --- the inverse of a function


def _inverse(rng: random.Random) -> Given:
    while True:
        a, b, c, d = (rng.randint(2, 9) for _ in range(4))
        if a != d and len({a, b, c, d}) == 4:
            return Given(a=a, b=b, c=c, d=d)


def _need_inverse(o: Outcome) -> None:
    a, b, c, d = o.v.a, o.v.b, o.v.c, o.v.d
    need_formula(o, "xy", {x: (d * x + b) / (c * x - a) for x in (0.317, 2.719, -1.53, 11.77)})


# --- where the tangent is horizontal


def _turning(rng: random.Random) -> Given:
    p, q = sorted(rng.sample([-4, -3, -2, -1, 1, 2, 3, 4, 5], 2))
    if (q - p) % 2 == 0 and p + q == 0:
        q += 1
    coefficients = [2, -3 * (p + q), 6 * p * q, rng.randint(2, 9)]
    points = [(x, sum(c * x ** (3 - i) for i, c in enumerate(coefficients))) for x in (p, q)]
    return Given(f=polynomial(coefficients), code=python_polynomial(coefficients), points=points)


def _both_points(o: Outcome) -> None:
    o.answers[-1] = re.sub(r",(?=[-−])", ", ", o.answers[-1])
    for x, y in o.v.points:
        o.says(x)
        o.says(y)


# --- an area as a fraction


def _area(rng: random.Random) -> Given:
    span, r = rng.choice([4, 5, 7]), rng.randint(-4, 1)
    s = r + span
    m, n = rng.choice([-3, -2, 2, 3]), rng.choice([-6, -5, -4, 4, 5, 6])
    parabola, line = [1, m - r - s, n + r * s], [m, n]
    return Given(
        parabola=polynomial(parabola),
        line=polynomial(line),
        code=python_polynomial(parabola),
        line_code=python_polynomial(line),
        area=Fraction(span**3, 6),
    )


def _need_fraction(o: Outcome) -> None:
    n, d = o.v.area.numerator, o.v.area.denominator
    whole, rest = divmod(n, d)
    forms = [
        rf"(?<![\d./-]){n}\s*/\s*{d}(?!\d)",
        rf"(?<!\d)(?<!-)\\d?frac\s*\{{{n}\}}\s*\{{{d}\}}",
        rf"(?<![\d./-]){whole}(?:\s+|\s*\+\s*|\s*\\d?frac\{{){rest}(?:\s*/\s*|\}}\s*\{{){d}(?!\d)",
    ]
    o.need(any(re.search(form, o.answer) for form in forms), f"the answer lacks {n}/{d}: {answers.excerpt(o.answer)}")


# --- tea that cools


def _tea(rng: random.Random) -> Given:
    start, room, k = rng.randint(82, 96), rng.randint(18, 24), rng.randint(3, 9) / 100
    drink = rng.randint(48, 60)
    return Given(start=start, room=room, k=k, drink=drink, minutes=math.log((start - room) / (drink - room)) / k)


def _cooled(o: Outcome) -> None:
    o.says(o.v.minutes, 0.06)
    at = {t: o.v.room + (o.v.start - o.v.room) * math.exp(-o.v.k * t) for t in (0.5, 3.7, 12.3)}
    need_formula(o, "tx", at)


TASKS = [
    Task(
        "symbolic/inverse",
        "whats the inverse function of f(x) = ({a}x + {b})/({c}x - {d})",
        _inverse,
        _need_inverse,
        """
from sympy import symbols, solve, Eq
x, y = symbols("x y")
inverse = solve(Eq(y, (<<a>>*x + <<b>>) / (<<c>>*x - <<d>>)), x)[0].subs(y, x)
print("f^-1(x) =", inverse)
""",
        ("<<c>>*x - <<d>>", "<<c>>*x + <<d>>"),
    ),
    Task(
        "symbolic/tangent",
        "For my son's homework: at which points does the curve y = {f} have a horizontal tangent? Please give x and y "
        "of each point.",
        _turning,
        _both_points,
        """
from sympy import symbols, diff, solve
x = symbols("x")
f = <<code>>
for x0 in solve(diff(f, x), x):
    print(f"point: ({x0}, {f.subs(x, x0)})")
""",
        ("diff(f, x)", "diff(f, x, 2)"),
    ),
    Task(
        "symbolic/area",
        "The line y = {line} cuts off a piece of the parabola y = {parabola}. Area of that piece? Exact, as a fraction, "
        "no decimals.",
        _area,
        _need_fraction,
        """
from sympy import symbols, solve, integrate
x = symbols("x")
parabola, line = <<code>>, <<line_code>>
a, b = sorted(solve(parabola - line, x))
print("Area =", integrate(line - parabola, (x, a, b)))
""",
        ("integrate(line - parabola", "integrate(line + parabola"),
    ),
    Task(
        "symbolic/tea",
        "My tea has {start} degrees and the room {room}. It cools like dT/dt = -{k}*(T - {room}), t in minutes. Give me "
        "the formula for T(t), and tell me after how many minutes it's down to {drink} degrees.",
        _tea,
        _cooled,
        """
import sympy as sp
t = sp.symbols("t", real=True)
T = sp.Function("T")
k = sp.Rational("<<k>>")
solution = sp.dsolve(sp.Eq(T(t).diff(t), -k * (T(t) - <<room>>)), T(t), ics={T(0): <<start>>}).rhs
print("T(t) =", solution)
print("Minutes:", round(float(sp.solve(sp.Eq(solution, <<drink>>), t)[0]), 2))
""",
        ("-k * (T(t) - <<room>>)", "-k * T(t)"),
    ),
]
