# --- big_integers
print(2**200, -(3**50), 10**40 // 7, 10**40 % 7, divmod(-7, 2), -7 // 2, -7 % 3, 7 % -3, pow(3, 1000, 1007), pow(3, -1, 7))

# --- bits
n = -12345678901234567890
print(n.bit_length(), n.bit_count(), n & 0xFFFF, n >> 7, n << 3, ~n, n ^ 255, (255).to_bytes(2, "big"), int.from_bytes(b"\xff\xfe", "little", signed=True))

# --- to_bytes_overflow
(256).to_bytes(1, "big")

# --- bases
print(bin(-10), oct(64), hex(255), 0b1010, 0o17, 0xFF, 1_000_000, int("0x1f", 16), f"{10**20:x}")

# --- division_by_zero
1 // 0

# --- float_division_by_zero
1.0 / 0

# --- modulo_by_zero
5 % 0

# --- zero_to_negative
0 ** -1

# --- digits_limit
print(len(str(10**4000)))
str(10**5000)

# --- digits_limit_parse
int("9" * 5000)

# --- huge_factorial
import math
n = math.factorial(300)
print(n.bit_length(), n % (10**9 + 7), str(n)[:20], sum(map(int, str(n))))

# --- big_multiplication
a, b = 3**5000, 7**3000
print((a * b) % (10**18 + 9), a * b // b == a, (a * b).bit_length())

# --- decimal_arithmetic
from decimal import Decimal, getcontext
print(Decimal("0.1") + Decimal("0.2"), Decimal(1) / 7, Decimal("1.10") * 3, Decimal(2).sqrt(), Decimal("1E+3") + 1, Decimal(-7) % 3, Decimal(-7) // 2)
getcontext().prec = 50
print(Decimal(1) / 7, Decimal(2).sqrt(), Decimal(1).exp(), Decimal(10).ln())

# --- decimal_rounding
from decimal import *
for mode in (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_HALF_DOWN, ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR, ROUND_05UP):
    print(mode, [str(Decimal(x).quantize(Decimal("1"), rounding=mode)) for x in ("0.5", "1.5", "-1.5", "2.51", "-2.49")])

# --- decimal_special
from decimal import Decimal
print(Decimal("NaN"), Decimal("-Infinity"), Decimal("NaN").is_nan(), Decimal("1E-400"), Decimal(0.1), Decimal("3.14").as_tuple(), Decimal("0E+2"))

# --- decimal_format
from decimal import Decimal
d = Decimal("1234567.891")
print(f"{d:,.2f} {d:e} {d:.3g} {d:015.1f} {d:%}", d.to_eng_string(), d.normalize(), d.adjusted(), repr(d))

# --- decimal_division_by_zero
from decimal import Decimal
Decimal(1) / 0

# --- decimal_invalid
from decimal import Decimal
Decimal("abc")

# --- decimal_context
from decimal import *
with localcontext() as ctx:
    ctx.prec = 5
    ctx.traps[Inexact] = True
    print(Decimal("1.5") + 1)
    Decimal(1) / 3

# --- fractions
from fractions import Fraction as F
print(F(1, 3) + F(1, 6), F("0.125"), F(0.1), F(0.1).limit_denominator(100), F(-7, 2) // 1, F(7, 3) % 1, F(3, 4) ** 2, round(F(5, 2)), F("3/4"), float(F(1, 3)))
print(f"{F(1, 3):.4f} {F(22, 7)!r} {F(5):d}", F(1, 2) == 0.5, F(1, 2) < F(2, 3), hash(F(1, 2)) == hash(0.5))

# --- fraction_zero
from fractions import Fraction
Fraction(1, 0)

# --- complex_numbers
import cmath
z = 3 + 4j
print(abs(z), z.conjugate(), z * 1j, z ** 2, z / (1 - 2j), complex("1+2j"), cmath.phase(1j), cmath.sqrt(-1), cmath.exp(1j * cmath.pi).real, -0j, complex(0, -0.0), 1j * float("inf"))

# --- complex_order
1j < 2j

# --- bool_arithmetic
print(True + True, True == 1, isinstance(True, int), sum([True, False, True]), True & False, ~5, {1: "a", True: "b", 1.0: "c"})

# --- round
print([round(x) for x in (0.5, 1.5, 2.5, -0.5, 2.6)], round(1234.567, 1), round(1234, -2), round(2.675, 2), round(-0.0), type(round(1.0)), round(1e300, 2))

# --- round_nan
round(float("nan"))

# --- int_of_infinity
int(float("inf"))

# --- isqrt_and_gcd
import math
print(math.isqrt(10**30), math.gcd(12, 18, 27), math.lcm(4, 6, 10), math.comb(50, 25), math.perm(10, 3), math.prod([1.5, 2, 3]))

# --- numeric_tower
import numbers
from decimal import Decimal
from fractions import Fraction
for x in (1, 1.0, 1j, Fraction(1), Decimal(1), True):
    print([isinstance(x, getattr(numbers, t)) for t in ("Number", "Complex", "Real", "Rational", "Integral")])

# --- mixed_decimal_and_float
from decimal import Decimal
print(Decimal("0.5") == 0.5, Decimal("0.1") < 0.1)
Decimal("0.5") + 0.5

# --- hashes
from decimal import Decimal
from fractions import Fraction
print(hash(1) == hash(1.0) == hash(Decimal(1)) == hash(Fraction(1)) == hash(True), hash(-1) == hash(-2), hash(7), hash(0.0))

# --- hash_of_big_numbers
print(hash(2**61), hash(10**30), hash(0.5), hash(float("inf")))

# --- sizes
import sys
print(sys.maxsize, sys.int_info.bits_per_digit, sys.float_info.max, sys.float_info.epsilon)

# --- statistics_of_fractions
from fractions import Fraction
from statistics import mean, variance
print(mean([Fraction(1, 2), Fraction(1, 3)]), variance([Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]))
