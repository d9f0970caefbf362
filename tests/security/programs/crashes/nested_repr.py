# what = "repr of a list nested a million times"
# status = "error"
# error = "RecursionError"
# control = "dies"
nested = []
for _ in range(10**6):
    nested = [nested]
repr(nested)
