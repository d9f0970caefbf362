# what = "ends the program while its exception is reported"
# status = "error"
# error = "Leaves"
# control = "twin"
# twin = "class Stays(Exception):\n    def __str__(self): return 'REACHED'\nprint(Stays())"
class Leaves(Exception):
    def __str__(self):
        raise SystemExit(4)


raise Leaves
