# what = "drops a filter of a filter, 300,000 times"
# status = "trap"
# error = "Trap"
# control = "twin"
# twin = "nested = filter(None, iter([1]))\ndel nested\nprint('REACHED')"
nested = iter([1])
for _ in range(3 * 10**5):
    nested = filter(None, nested)
del nested
