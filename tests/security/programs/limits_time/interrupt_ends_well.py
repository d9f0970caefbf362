# what = "catches the KeyboardInterrupt and ends as if nothing had been"
# status = "time_limit"
# limit = "time_s"
# control = "hangs"
try:
    while True:
        pass
except KeyboardInterrupt:
    late = True
