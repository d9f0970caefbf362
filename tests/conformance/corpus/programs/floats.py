# --- repr
for x in (0.1, 1 / 3, 1e16, 1e15, 123456789012345680.0, 1e-5, 0.0001, 5e-324, 1.7976931348623157e308, 2.0**53, -0.0, 1e22, 1e23):
    print(repr(x), str(x), x.hex(), x.as_integer_ratio() if abs(x) > 1e-10 and x < 1e30 else "")

# --- fromhex
print(float.fromhex("0x1.8p3"), float.fromhex("-0x0.1p-4"), float.fromhex("inf"), float.fromhex("0x1p-1074"))

# --- fromhex_bad
float.fromhex("0x1.gp3")

# --- parse
for text in ("1e3", " 3.5 ", "1_000.5", "inf", "-Infinity", "nan", ".5", "5.", "1e-400", "1e400", "0x10", "1,5", "", "１２.５"):
    try:
        print(repr(text), float(text))
    except ValueError as error:
        print(error)

# --- comparisons
nan = float("nan")
print(nan == nan, nan != nan, nan < 1, nan in [nan], min(nan, 1), max(1, nan), sorted([3, 1, 2.5]), 0.0 == -0.0, 0.1 + 0.2 == 0.3)

# --- overflow
print(1e308 * 10, -1e308 * 10)
1e308 ** 2

# --- int_too_large
float(10**400)

# --- floor_and_mod
print(7.5 // 2, -7.5 // 2, 7.5 % 2, -7.5 % 2, 7.5 % -2, divmod(-1e-20, 1), 1e20 // 3, 5.0 % float("inf"), -5.0 % float("inf"))

# --- powers
print(2 ** 0.5, (-8) ** (1 / 3), 0.0 ** 0, float("nan") ** 0, 1 ** float("nan"), (-2.0) ** 3, 2.0 ** -1074, float("inf") ** -1)

# --- negative_root
import math
math.sqrt(-1)

# --- log_of_zero
import math
math.log(0)

# --- exp_overflow
import math
math.exp(1000)

# --- trigonometry
import math
for x in (0.1, 1.0, 2.5, -3.7, 100.0):
    print([round(f(x), 13) for f in (math.sin, math.cos, math.tan, math.atan, math.sinh, math.tanh, math.asinh)])

# --- special_functions
import math
for x in (0.5, 1.5, 4.2, -1.5):
    print([round(f(x), 12) for f in (math.gamma, math.lgamma, math.erf, math.erfc, math.expm1, math.exp2, math.cbrt)])

# --- logarithms
import math
print([round(x, 14) for x in (math.log(10), math.log2(10), math.log10(1000), math.log1p(1e-10) * 1e10, math.log(8, 2), math.log(10**400))])

# --- exactness
import math
print(math.sin(1e22), math.cos(1e6), math.exp(1), math.pow(2, 0.5), math.tan(math.pi / 2), math.log(2), math.atan2(1, -1), math.sin(math.pi))

# --- fsum_and_sumprod
import math
print(sum([0.1] * 10), math.fsum([0.1] * 10), math.fsum([1e100, 1, -1e100]), math.sumprod([1.5, 2.5], [2, 4]), sum([1e100, 1.0, -1e100]))

# --- decomposition
import math
print(math.frexp(10.5), math.ldexp(0.65625, 4), math.modf(-3.75), math.trunc(-3.7), math.floor(-3.7), math.ceil(-3.7), math.copysign(1, -0.0), math.fmod(-7, 3), math.remainder(7, 4))

# --- neighbours
import math
print(math.nextafter(1, 2), math.nextafter(0, 1), math.nextafter(1, 2, steps=3), math.ulp(1), math.ulp(1e16), math.isclose(0.1 + 0.2, 0.3), math.isclose(0, 1e-12), math.fma(0.1, 10, -1))

# --- geometry
import math
print(math.hypot(3, 4, 12), math.dist((1, 2), (4, 6)), math.degrees(math.pi), math.radians(180), math.tau)

# --- integer_checks
print((2.0).is_integer(), (2.5).is_integer(), float("inf").is_integer(), (1e300).is_integer(), int(1e20), int(-2.9), float(2**53 + 1))

# --- struct_bytes
import struct
print(struct.pack(">d", 1.1).hex(), struct.pack("<f", 1.1).hex(), struct.pack("<e", 1.1).hex(), struct.unpack(">f", b"\x7f\x80\x00\x00"), struct.unpack("<f", struct.pack("<f", 0.1)))

# --- struct_float_too_large
import struct
struct.pack("<f", 1e40)

# --- nan_payloads
import struct
print(struct.pack(">d", float("nan")).hex(), struct.pack(">d", -float("nan")).hex(), struct.pack(">d", float("inf") - float("inf")).hex())

# --- float_info
import sys
print(sys.float_info.dig, sys.float_info.mant_dig, sys.float_info.min, sys.float_repr_style, sys.float_info.max_exp)

# --- mandelbrot
rows = []
for y in range(-6, 7):
    row = ""
    for x in range(-16, 8):
        z = c = complex(x / 8, y / 6)
        n = 0
        while abs(z) <= 2 and n < 30:
            z, n = z * z + c, n + 1
        row += " .:-=+*#%@"[n % 10]
    rows.append(row)
print("\n".join(rows))

# --- numerical_integration
import math
n = 1000
print(round(sum(math.exp(-((i + 0.5) / n) ** 2) for i in range(n)) / n, 12), repr(sum(1 / k**2 for k in range(1, 1001))))
