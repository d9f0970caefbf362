# what = "the hash of a tuple nested 300,000 times"
# status = "trap"
# error = "Trap"
# control = "dies"
nested = ()
for _ in range(3 * 10**5):
    nested = (nested,)
hash(nested)
