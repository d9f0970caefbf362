# what = "a result whose repr has a hundred million characters"
# status = "ok"
# control = "twin"
# twin = "class Small:\n    def __repr__(self):\n        print('REACHED')\n        return 'x'\nSmall()"
class Giant:
    def __repr__(self):
        return "x" * 10**8


Giant()
