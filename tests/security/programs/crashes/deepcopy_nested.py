# what = "copies a list nested a hundred thousand times"
# status = "error"
# error = "RecursionError"
# control = "twin"
# twin = "import copy\nif copy.deepcopy([[[]]]) == [[[]]]: print('REACHED')"
import copy

nested = []
for _ in range(10**5):
    nested = [nested]
copy.deepcopy(nested)
