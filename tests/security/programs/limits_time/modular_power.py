# what = "a power modulo a number of a million bits"
# status = "time_limit"
# error = "KeyboardInterrupt"
# limit = "time_s"
# control = "hangs"
pow(3, (1 << 10**6) - 1, (1 << 10**6) + 1)
