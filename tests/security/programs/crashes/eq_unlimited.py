# what = "a comparison that compares itself, without a recursion limit"
# status = "error"
# error = "RecursionError"
# control = "dies"
import sys

sys.setrecursionlimit(10**9)


class Same:
    def __eq__(self, other):
        return [self] == [other]

    __hash__ = None


Same() == Same()
