# --- random_seeded
import random
random.seed(42)
print(random.random(), random.randint(1, 100), random.uniform(1, 5), random.choice("abc"), random.sample(range(100), 5), random.choices("ab", [1, 9], k=8), random.getrandbits(70), random.randrange(0, 100, 7))
a = list(range(10))
random.shuffle(a)
print(a, random.randbytes(5))

# --- random_seeds_of_other_types
import random
for s in ("text", b"bytes", 2**100, -5, 1.5, bytearray(b"x")):
    print(s, random.Random(s).random(), random.Random(s).randrange(10**20))

# --- random_distributions
import random
r = random.Random(7)
print([round(x, 12) for x in (r.gauss(0, 1), r.normalvariate(5, 2), r.expovariate(1.5), r.betavariate(2, 3), r.gammavariate(2, 1), r.lognormvariate(0, 1), r.paretovariate(3), r.weibullvariate(1, 2), r.triangular(0, 10, 3), r.vonmisesvariate(0, 4))], r.binomialvariate(20, 0.3))

# --- random_state
import random
r = random.Random(1)
s = r.getstate()
a = [r.random() for _ in range(3)]
r.setstate(s)
print(a == [r.random() for _ in range(3)], len(s[1]), s[0])

# --- random_large_index
import random
r = random.Random(3)
print([r.randrange(2**64) for _ in range(3)], r.sample(range(10**8), 3), r.choice(range(2**31 - 2)))

# --- random_sample_too_large
import random
random.sample([1, 2], 3)

# --- random_empty_choice
import random
random.choice([])

# --- random_empty_range
import random
random.randint(5, 1)

# --- statistics
import statistics as s
d = [2, 4, 4, 4, 5, 5, 7, 9]
print(s.mean(d), s.median(d), s.mode(d), s.stdev(d), s.pstdev(d), s.variance(d), s.quantiles(d, n=4), s.median_low(d), s.multimode("aabb"), s.fmean(d, range(8)), s.geometric_mean([1, 2, 4]), s.harmonic_mean([40, 60]), s.median_grouped(d))

# --- statistics_pairs
import statistics as s
x, y = [1, 2, 3, 4, 5], [2, 4.1, 6, 8.2, 9.9]
print(round(s.correlation(x, y), 12), round(s.covariance(x, y), 12), [round(v, 12) for v in s.linear_regression(x, y)], s.correlation(x, y, method="ranked"))

# --- statistics_empty
import statistics
statistics.mean([])

# --- statistics_one_value
import statistics
statistics.stdev([1])

# --- normal_distribution
from statistics import NormalDist
n = NormalDist(100, 15)
print(round(n.cdf(115), 12), round(n.pdf(100), 12), round(n.inv_cdf(0.975), 10), n + NormalDist(1, 8), round(n.overlap(NormalDist(110, 15)), 12), NormalDist.from_samples([1, 2, 3]), round(n.zscore(130), 12), n.samples(2, seed=1))

# --- monte_carlo
import random
r = random.Random(0)
n = 5000
print(sum(r.random() ** 2 + r.random() ** 2 < 1 for _ in range(n)) * 4 / n)

# --- matrix
def mul(a, b): return [[sum(x * y for x, y in zip(r, c)) for c in zip(*b)] for r in a]
m = [[1, 1], [1, 0]]
p = m
for _ in range(90): p = mul(p, m)
print(p, [list(r) for r in zip(*[[1, 2, 3], [4, 5, 6]])])

# --- newton_and_bisection
def newton(f, d, x):
    while abs(f(x)) > 1e-12: x -= f(x) / d(x)
    return x
print(round(newton(lambda x: x**3 - 2, lambda x: 3 * x * x, 1.0), 10))
lo, hi = 0.0, 2.0
for _ in range(60):
    mid = (lo + hi) / 2
    lo, hi = (mid, hi) if mid * mid < 2 else (lo, mid)
print(lo)

# --- collatz_and_perfect
def collatz(n):
    s = 0
    while n != 1: n, s = (n // 2 if n % 2 == 0 else 3 * n + 1), s + 1
    return s
print(max(range(1, 2000), key=collatz), [n for n in range(2, 500) if sum(d for d in range(1, n) if n % d == 0) == n])

# --- queens
def queens(n, r=0, c=(), d=(), e=()):
    if r == n: return 1
    return sum(queens(n, r + 1, (*c, x), (*d, r + x), (*e, r - x)) for x in range(n) if x not in c and r + x not in d and r - x not in e)
print([queens(n) for n in range(1, 7)])

# --- dijkstra
import heapq
g = {"a": {"b": 7, "c": 9, "f": 14}, "b": {"c": 10, "d": 15}, "c": {"d": 11, "f": 2}, "d": {"e": 6}, "f": {"e": 9}, "e": {}}
dist, todo = {}, [(0, "a")]
while todo:
    d, n = heapq.heappop(todo)
    if n not in dist:
        dist[n] = d
        for m, w in g[n].items(): heapq.heappush(todo, (d + w, m))
print(dist)

# --- life
cells = {(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}
from collections import Counter
for _ in range(20):
    near = Counter((x + i, y + j) for x, y in cells for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j)
    cells = {c for c, n in near.items() if n == 3 or (n == 2 and c in cells)}
print(sorted(cells))
