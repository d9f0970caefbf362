# what = "a context manager that swallows whatever ends its block, again and again"
# status = "time_limit"
# limit = "time_s"
# control = "hangs"
class Swallow:
    def __enter__(self):
        pass

    def __exit__(self, *_what):
        return True


while True:
    with Swallow():
        while True:
            pass
