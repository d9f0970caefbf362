# what = "compares two lists nested a hundred thousand times"
# status = "trap"
# error = "Trap"
# control = "twin"
# twin = "if [[[]]] == [[[]]]: print('REACHED')"
one, other = [], []
for _ in range(10**5):
    one, other = [one], [other]
one == other
