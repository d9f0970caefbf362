# what = "an exit whose text cannot be made"
# status = "exit"
# control = "dies"
class Broken:
    def __str__(self):
        raise ValueError("no text")


raise SystemExit(Broken())
