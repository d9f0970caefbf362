# what = "an exception whose text is never finished"
# status = "time_limit"
# limit = "time_s"
# control = "hangs"
class Endless(Exception):
    def __str__(self):
        while True:
            pass


raise Endless
