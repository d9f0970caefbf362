# what = "an object whose __del__ never ends, where exceptions are dropped"
# status = "time_limit"
# limit = "time_s"
# control = "hangs"
class Endless:
    def __del__(self):
        while True:
            pass


endless = Endless()
del endless
