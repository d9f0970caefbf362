# what = "ends the program while its result is shown"
# status = "exit"
# control = "twin"
# twin = "class Stays:\n    def __repr__(self):\n        print('REACHED')\n        return ''\nStays()"
class Leaves:
    def __repr__(self):
        raise SystemExit(4)


Leaves()
