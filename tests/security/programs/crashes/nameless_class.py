# what = "an exception whose class refuses to tell its name"
# status = "error"
# error = "Nameless"
# control = "twin"
# twin = "class Meta(type):\n    __name__ = property(lambda _: 'REACHED')\nprint(Meta('A', (), {}).__name__)"
class Meta(type):
    __name__ = property(lambda _cls: 1 / 0)


class Nameless(Exception, metaclass=Meta):
    pass


raise Nameless
