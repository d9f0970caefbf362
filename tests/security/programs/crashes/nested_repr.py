# what = "repr of a list nested a hundred thousand times"
# status = "error"
# error = "RecursionError"
# control = "dies"
nested = []
for _ in range(10**5):
    nested = [nested]
repr(nested)
