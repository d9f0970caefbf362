# what = "__del__ that makes and drops another of its kind"
# status = "ok"
# says = "RecursionError"
# control = "twin"
# twin = "class Once:\n    def __del__(self):\n        print('REACHED')\nonce = Once()\ndel once"
class Again:
    def __del__(self):
        Again()


again = Again()
del again
