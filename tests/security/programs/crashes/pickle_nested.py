# what = "pickles a list nested a hundred thousand times"
# status = "error"
# error = "RecursionError"
# control = "twin"
# twin = "import pickle\nif pickle.loads(pickle.dumps([[[]]])) == [[[]]]: print('REACHED')"
import pickle

nested = []
for _ in range(10**5):
    nested = [nested]
pickle.dumps(nested)
