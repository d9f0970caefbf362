# what = "C code consumes an iterator without an end"
# status = "time_limit"
# limit = "time_s"
# control = "hangs"
import collections
import itertools

collections.deque(itertools.repeat(0), maxlen=0)
