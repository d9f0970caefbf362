# what = "asks a map of a map, 300,000 times, for its first value"
# status = "trap"
# error = "Trap"
# control = "dies"
nested = iter([1])
for _ in range(3 * 10**5):
    nested = map(int, nested)
next(nested)
