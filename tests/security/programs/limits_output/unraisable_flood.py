# what = "exceptions in __del__, which Python reports and drops, for ever"
# status = "output_limit"
# limit = "output_bytes"
# control = "hangs"
import collections


class Fails:
    def __del__(self):
        raise ValueError("x" * 10_000)


collections.deque(iter(Fails, None), maxlen=0)
