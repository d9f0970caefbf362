# what = "an OSError whose error number cannot be read"
# status = "error"
# error = "Broken"
# control = "twin"
# twin = "class Whole(OSError):\n    errno = property(lambda _: 'REACHED')\nprint(Whole().errno)"
class Broken(OSError):
    errno = property(lambda _self: 1 / 0)


raise Broken
