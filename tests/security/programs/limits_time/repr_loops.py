# what = "a result whose repr never ends"
# status = "time_limit"
# error = "KeyboardInterrupt"
# limit = "time_s"
# control = "twin"
# twin = "class Ends:\n    def __repr__(self):\n        print('REACHED')\n        return ''\nEnds()"
class Endless:
    def __repr__(self):
        while True:
            pass


Endless()
