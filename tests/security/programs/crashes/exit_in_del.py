# what = "ends the program from __del__, where exceptions are dropped"
# status = "ok"
# says = "SystemExit"
# control = "twin"
# twin = "class Stays:\n    def __del__(self):\n        print('REACHED')\nstays = Stays()\ndel stays"
class Leaves:
    def __del__(self):
        raise SystemExit(4)


leaves = Leaves()
del leaves
