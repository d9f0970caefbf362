# --- integers
for spec in ("d", "5d", "05d", "+d", " d", ",", "_", "x", "#x", "X", "o", "#o", "b", "#b", "#010b", "_b", "c", "n", "e", "%"):
    print(spec, format(97, spec))

# --- floats
for spec in ("", "f", ".2f", "e", ".3e", "g", ".3g", "G", "%", ".1%", ",.2f", "_.1f", "10.2f", "+.1f", "z.1f", "#.3g", "010.2f"):
    print(spec, format(1234.5678, spec), format(-0.04, spec))

# --- special_floats
for x in (float("nan"), float("inf"), -float("inf"), -0.0):
    print(f"{x} {x:f} {x:F} {x:8.2f} {x:+} {x:08.1f} {x:%} {x:g} {x!r}")

# --- strings
for spec in ("", "s", "5", "<5", ">5", "^5", "*^5", ".2", "5.2", "=^9"):
    print(repr(format("abc", spec)))

# --- fstring_expressions
x, items, d = 3, [1, 2], {"k": "v"}
print(f"{x + 1} {x!r:>4} {items[0]} {d['k']} {x:{x}} {'nested ' + f'{x}'} {{literal}} {x=} {x = } {x=:.2f} {d=!s}")

# --- fstring_multiline
value = 10
print(f"""a
  {value
   * 2:>5}
{"quotes"}""")

# --- fstring_walrus_and_lambda
print(f"{(y := 5)} {y} {(lambda n: n * 2)(4)} {[n for n in range(3)]}")

# --- format_method
print("{} {}".format(1, 2), "{1} {0}".format(1, 2), "{a.real} {b[0]} {b[1]}".format(a=1.5, b="xy"), "{:{w}.{p}f}".format(3.14159, w=8, p=2))

# --- format_map
class Default(dict):
    def __missing__(self, key):
        return f"<{key}>"
print("{a} {b}".format_map(Default(a=1)))

# --- percent
print("%s %r %d %5.1f %x %o %e %g %% %c %-5s| %05d %+d" % ("s", "r", 42, 3.14159, 255, 8, 12345.678, 0.0001, "c", "l", 42, 7))
print("%(a)s %(b)05.1f" % {"a": 1, "b": 2.25}, "%.3s" % "abcdef", "%*d" % (6, 42), "%#x" % 255, "%i" % 3.99)

# --- percent_bytes
print(b"%d %s %x %r" % (1, b"b", 255, "é"))

# --- percent_too_few
"%s %s" % (1,)

# --- percent_wrong_type
"%d" % "x"

# --- unknown_format_code
format("abc", "d")

# --- bad_spec
f"{3.5:5x}"

# --- missing_field
"{name}".format(nome=1)

# --- positional_out_of_range
"{} {}".format(1)

# --- single_brace
"{".format(1)

# --- mixed_numbering
"{} {0}".format(1)

# --- user_format
class Money:
    def __init__(self, cents):
        self.cents = cents
    def __format__(self, spec):
        return f"{self.cents / 100:{spec or '.2f'}} EUR"
print(f"{Money(12345)} {Money(500):.0f} {Money(5)!r:.6}")

# --- no_user_format
f"{object():>10}"

# --- dates
import datetime
d = datetime.datetime(2024, 2, 29, 13, 5, 9, 70)
print(f"{d:%Y-%m-%d %H:%M:%S.%f} {d:%j %a %A %b %B %d %y %I %p %U %W %w %%} {d:%G-W%V-%u} {d!s} {d:%c|%x|%X}")

# --- conversion
class A:
    def __str__(self): return "str é"
    def __repr__(self): return "repr é"
print(f"{A()} {A()!s} {A()!r} {A()!a} {A()!s:>8}")

# --- locale_number
print(f"{1234567.891:n} {1234567:n}")

# --- big_width
print(len(f"{1:>1000}"), len(f"{'é':*<500}"), f"{10**25:,}", f"{2**70:_x}", f"{1e22:,.1f}")

# --- rounding
print([f"{x:.0f}" for x in (0.5, 1.5, 2.5, 3.5)], [f"{x:.2f}" for x in (1.005, 2.675, 1.115)], f"{1e16:.1f} {1e-7:.10f} {123456789:.3g}")

# --- template_strings
name = "w"
t = t"hello {name!r:>5} and {1 + 1}"
print(t.strings, [(i.value, i.expression, i.conversion, i.format_spec) for i in t.interpolations])

# --- pprint
import pprint
data = {"numbers": list(range(30)), "nested": {"a": [1, {"b": (2, 3)}], "long text": "word " * 30}, "set": {3, 1, 2}}
pprint.pprint(data, width=60)
print(pprint.pformat([1, [2, [3, [4]]]], depth=2), pprint.pformat({"b": 1, "a": 2}, sort_dicts=False))

# --- reprlib
import reprlib
print(reprlib.repr(list(range(100))), reprlib.repr("x" * 100), reprlib.repr({n: n for n in range(9)}))
