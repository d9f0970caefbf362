# what = "a power with a hundred million digits, in one C call"
# status = "time_limit"
# error = "KeyboardInterrupt"
# limit = "time_s"
# control = "hangs"
10**10**8
